import { assertSomethingBelow } from '../sentences/below.ts'
import { withoutStack } from './failure.ts'
import { assertNotInterrupted, untilInterrupted } from '../runs/interruption.ts'
import type { NotSupported } from '../targets/target.ts'
import type { Capability } from '../targets/target.ts'
import type { StepOptions } from '../sentences/step-options.ts'
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
  Interrupted: 'interrupted',
}

/** @returns null for what is no Error */
export function outcomeOf(error: unknown): Outcome | null {
  if (!(error instanceof Error)) return null
  const capabilities = isNotSupported(error) ? [error.capability] : []
  return { verdict: verdictsByName[error.name] ?? (isWithoutAnswer(error) ? 'undecided' : 'failed'), reasons: [error.message], capabilities }
}

/** A cluster that cannot be asked, or does not do what it is asked, says nothing about its mesh. */
const withoutAnswer: ReadonlySet<unknown> = new Set(['CLUSTER_UNREACHABLE', 'CLUSTER_FAILED', 'CLUSTER_DENIED'])

function isWithoutAnswer(error: Error): boolean {
  return withoutAnswer.has((error as { readonly code?: unknown }).code)
}

function isNotSupported(error: unknown): error is NotSupported {
  return error instanceof Error && error.name === 'NotSupported'
}

/** What a step's code can be: its `this` is the World, or cucumber's context of a run hook. */
type Definition = (this: unknown, ...args: unknown[]) => unknown

export interface Minding {
  readonly onOutcome: (world: unknown, outcome: Outcome) => void
  /** A message as it may be shown. Default: as it is. */
  readonly shown?: (world: unknown, message: string) => string
  /** The step is not carried out, and the scenario goes on. */
  readonly passesOver?: (world: unknown) => boolean
  /** Has done what must be done before a step; `null` when there is nothing to do. */
  readonly beforeStep?: (world: unknown, options: StepOptions | undefined) => Promise<void> | null
}

/**
 * Takes care of what a step or a hook throws, our own and users' alike: "not supported" makes cucumber skip the rest of the scenario, and an error that
 * speaks for itself loses its stack. A step that calls back, or answers at once, stays as it is. When the run is interrupted, steps end; hooks do their work,
 * for they clean up.
 */
export function minding({ onOutcome, beforeStep, shown, passesOver }: Minding): (definition: Definition, options?: StepOptions) => Definition {
  const settle = (world: unknown, error: unknown): unknown => {
    if (shown && error instanceof Error) hideIn(error, (text) => shown(world, text))
    const outcome = outcomeOf(error)
    if (outcome !== null) onOutcome(world, outcome)
    if (isNotSupported(error)) return 'skipped'
    throw withoutStack(error)
  }
  return (definition, options) =>
    function (this: unknown, ...args: unknown[]) {
      const step = isStep(this, args)
      try {
        if (step) assertNotInterrupted()
        if (step) assertSomethingBelow(definition, args)
        if (step && passesOver?.(this)) return undefined
        const before = (step && beforeStep?.(this, options)) || null
        const result = before ? before.then(() => definition.apply(this, args)) : definition.apply(this, args)
        if (!(result instanceof Promise)) return result
        return (step ? untilInterrupted(result) : result).catch((error: unknown) => settle(this, error))
      } catch (error) {
        return settle(this, error)
      }
    }
}

/** Both, since the stack begins with the message. */
function hideIn(error: Error, shown: (text: string) => string): void {
  const { stack } = error
  error.message = shown(error.message)
  if (stack) error.stack = shown(stack)
}

/** Hooks of a run have no World, and those of a scenario get what cucumber knows of it. */
function isStep(world: unknown, [first]: readonly unknown[]): boolean {
  const { attach } = (world ?? {}) as { readonly attach?: unknown }
  return typeof attach === 'function' && (first as { readonly testCaseStartedId?: unknown } | null | undefined)?.testCaseStartedId === undefined
}
