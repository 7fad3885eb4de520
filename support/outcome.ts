import { withoutStack } from './failure.ts'
import type { NotSupported } from './targets/target.ts'
import type { Capability } from './targets/target.ts'
import type { Verdict } from './verdict.ts'

/** Why a scenario ended before its last step, when the reason is not a plain failure. */
export interface Outcome {
  readonly verdict: Verdict
  readonly reasons: readonly string[]
  readonly capabilities: readonly Capability[]
}

/** By the error's name: a user's target may come with a copy of this package of its own. */
const verdictsByName: Readonly<Record<string, Verdict>> = {
  NotSupported: 'not-supported',
  NotYetProgrammed: 'not-programmed',
  Undecided: 'undecided',
}

/** @returns null for what is no Error */
export function outcomeOf(error: unknown): Outcome | null {
  if (!(error instanceof Error)) return null
  const capabilities = isNotSupported(error) ? [error.capability] : []
  return { verdict: verdictsByName[error.name] ?? 'failed', reasons: [error.message], capabilities }
}

function isNotSupported(error: unknown): error is NotSupported {
  return error instanceof Error && error.name === 'NotSupported'
}

/** What a step's code can be: its `this` is the World, or cucumber's context of a run hook. */
type Definition = (this: unknown, ...args: unknown[]) => unknown

/**
 * Takes care of what a step or a hook throws, our own and users' alike: "not supported" makes cucumber skip the rest of the scenario, and an error that
 * speaks for itself loses its stack. A step that calls back, or answers at once, stays as it is.
 */
export function minding(onOutcome: (world: unknown, outcome: Outcome) => void): (definition: Definition) => Definition {
  const settle = (world: unknown, error: unknown): unknown => {
    const outcome = outcomeOf(error)
    if (outcome !== null) onOutcome(world, outcome)
    if (isNotSupported(error)) return 'skipped'
    throw withoutStack(error)
  }
  return (definition) =>
    function (this: unknown, ...args: unknown[]) {
      try {
        const result = definition.apply(this, args)
        return result instanceof Promise ? result.catch((error: unknown) => settle(this, error)) : result
      } catch (error) {
        return settle(this, error)
      }
    }
}
