import { Undecided, withoutStack } from './failure.ts'
import { NotSupported, NotYetProgrammed } from './targets/target.ts'
import type { Capability } from './targets/target.ts'
import type { Verdict } from './verdict.ts'

/** Why a scenario ended before its last step, when the reason is not a plain failure. */
export interface Outcome {
  readonly verdict: Verdict
  readonly reasons: readonly string[]
  readonly capabilities: readonly Capability[]
}

/** @returns null for what is no error of a scenario, a defect of ours or of a user's step */
export function outcomeOf(error: unknown): Outcome | null {
  if (!(error instanceof Error)) return null
  if (error instanceof NotSupported) return { verdict: 'not-supported', reasons: [error.message], capabilities: [error.capability] }
  if (error instanceof NotYetProgrammed) return { verdict: 'not-programmed', reasons: [error.message], capabilities: [] }
  if (error instanceof Undecided) return { verdict: 'undecided', reasons: [error.message], capabilities: [] }
  return { verdict: 'failed', reasons: [error.message], capabilities: [] }
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
    if (error instanceof NotSupported) return 'skipped'
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
