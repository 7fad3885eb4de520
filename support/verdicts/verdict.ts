/**
 * What a scenario came to, attached once to its last hook or step as JSON of `verdictMediaType`. The reports read it;
 * a scenario without one (a user's own steps only) is judged by cucumber's status alone.
 */
export const verdictMediaType = 'application/vnd.meshspec.verdict+json'

/**
 * `not-supported`: the target cannot show what the scenario asks. `undecided`: a statistical test ended without a decision.
 * `not-programmed`: the mesh had not taken the config up by the deadline. `interrupted`: the run was ended before the scenario was. None of these is a pass.
 */
export type Verdict = 'passed' | 'failed' | 'not-supported' | 'undecided' | 'not-programmed' | 'interrupted'

/** One statement about shares that was decided by a test. */
export interface StatisticalTest {
  /** The step's text. */
  readonly statement: string
  /** Chance of a false alarm, and of missing a share that is off by `delta`. */
  readonly alpha: number
  readonly beta: number
  readonly delta: number
  /** Which of the scenario's `When`s sent them, from 1: statements about the same requests share them. */
  readonly load: number
  readonly requests: number
  /** In [0, 1]. */
  readonly wanted: number
  readonly seen: number
  /** Exact 99 % interval of the share (Clopper and Pearson), as of a sample of that size. */
  readonly interval: readonly [number, number]
  /** The odds were known and compared exactly, before any sampling. */
  readonly exact: boolean
}

export interface VerdictRecord {
  readonly verdict: Verdict
  /** Why, when it is not `passed`. */
  readonly reasons: readonly string[]
  readonly target: string
  /** The run's, which decides everything random; and the scenario's own, which is made of it. */
  readonly runSeed: number
  readonly seed: number
  /** What the target lacks, for `not-supported`. */
  readonly capabilities: readonly string[]
  /** How many requests were sent, and the paths they took with their counts: `productpage:v1 -> reviews:v2`. */
  readonly requests: number
  readonly paths: Readonly<Record<string, number>>
  readonly tests: readonly StatisticalTest[]
  /** What was drawn of the requests that a statement has failed for; another run may draw otherwise. */
  readonly chance: readonly string[]
  /** ms of the target's clock that the scenario took, when the clock is virtual; `null` on a wall clock. */
  readonly virtualMs: number | null
  /** Where it is known from who answered whom, a phrase each; empty: the target's own account. */
  readonly evidence: readonly string[]
  /** The mesh that was looked at; `null` where the target cannot tell. */
  readonly mesh: { readonly name: string; readonly version: string | null; readonly notes: readonly string[] } | null
  /** Reports are to show no values of headers and no tokens, be it that a step says them: those of a live mesh. */
  readonly hidesValues: boolean
  /** Kinds and fields of the config that were read and not acted on, and files that were passed over. */
  readonly notModelled: readonly string[]
}
