import type { Exception, TestStepResult } from '@cucumber/messages'

/** Errors whose message says it all: a stack would only show the inside of meshspec. */
const selfExplaining = new Set([
  'StatementFailed',
  'MeshSpecError',
  'ConfigRejected',
  'NotSupported',
  'NotYetProgrammed',
  'Undecided',
  'Interrupted',
  'AssertionError',
])

/** What cucumber says of a step's code when what stands below its sentence is one argument too many. */
const oneTooMany = /^(?:Error: )?function has (\d+) arguments?, should have (\d+) \(/

/**
 * @param below a table or a doc string stands below the sentence
 * @returns what a person should read of a step that did not pass; the stack only for an error of a user's own code
 */
export function failureText(result: TestStepResult, below = false): string | null {
  const { exception, message } = result
  const [, has, wants] = oneTooMany.exec(message ?? '') ?? []
  if (below && has !== undefined && Number(wants) === Number(has) + 1) return 'a table or a text stands below this sentence, which takes neither'
  if (exception && selfExplaining.has(exception.type)) return exception.message ?? exception.type
  if (exception && message) return withoutForeignFrames(message, exception)
  return message ?? null
}

/** The frames of cucumber, of Node and of meshspec's own build say nothing to the author of a step. */
function withoutForeignFrames(message: string, exception: Exception): string {
  const frames = message.split('\n')
  const kept = frames.filter((line) => !/^\s+at .*(node:|node_modules)/.test(line))
  return kept.length > 0 ? kept.join('\n') : (exception.message ?? exception.type)
}
