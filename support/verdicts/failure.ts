/** A statement that does not hold, or a scenario that cannot be read as one. Its message is all that a person is shown. */
export class StatementFailed extends Error {
  override readonly name = 'StatementFailed'
}

/** A statistical test that the number of requests did not suffice for. Neither passed nor failed. */
export class Undecided extends Error {
  override readonly name = 'Undecided'
}

/** Names, not classes: a user's target may come with a copy of this package of its own. */
const spoken = ['StatementFailed', 'Undecided', 'NotSupported', 'NotYetProgrammed', 'Interrupted', 'MeshSpecError', 'ConfigRejected']

/**
 * Takes the stack off an error that speaks for itself: a person who reads a failed scenario has no use for our source lines.
 * Any other error is a defect, and keeps it. An empty stack, not the message: cucumber would search the message for frames of Firefox, with
 * a regular expression that takes seconds on a long line. @returns the same error
 */
export function withoutStack<T>(error: T): T {
  if (error instanceof Error && spoken.includes(error.name)) error.stack = ''
  return error
}
