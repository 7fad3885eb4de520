import { inspect } from 'node:util'
import { exitCodes } from './exit-codes.ts'
import { printable } from '../../reports/printable.ts'

/** Mistakes of the user: their message is all there is to print. Told by name, so that start-up does not load their modules. */
const spoken = new Set(['MeshSpecError', 'ConfigRejected', 'NotSupported', 'NotYetProgrammed'])

/** Tells a person what went wrong, never with a stack trace unless `MESHSPEC_DEBUG` asks for it. @returns the exit code */
export function printProblem(error: unknown): number {
  process.stderr.write(`${printable(problemText(error))}\n`)
  if (process.env['MESHSPEC_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return exitCodes.wrongInput
}

function problemText(error: unknown): string {
  for (let one = error; one instanceof Error; one = one.cause) if (spoken.has(one.name)) return one.message
  return withCauses(error).join('\n  because: ')
}

/** Loaders of modules work in threads of their own, and may throw what is no Error here. */
function withCauses(error: unknown): string[] {
  if (!(error instanceof Error)) return [typeof error === 'object' ? inspect(error, { depth: 2 }) : String(error)]
  const first = error.message.split('\n    at ')[0]!.trim()
  return [first, ...(error.cause === undefined ? [] : withCauses(error.cause))]
}
