import type { ScenarioVerdict } from '../run-record.ts'
import type { Level } from './tags.ts'

export const apiVersion = 'meshspec.dev/v1alpha1'

/**
 * What a mesh was seen to do, for machines and for people. Its fields are those of the Gateway API's ConformanceReport
 * (`gateway.networking.k8s.io/v1`, capitals of the statistics included), and what a verdict of ours says besides.
 */
export interface ConformanceReport {
  readonly apiVersion: typeof apiVersion
  readonly kind: 'ConformanceReport'
  /** RFC 3339, of the run's end. */
  readonly date: string
  /** Always `default`: there is one way to run. */
  readonly mode: string
  readonly implementation: Implementation
  readonly meshspec: MeshspecFacts
  readonly profiles: readonly ProfileReport[]
  /** Every test once, in the order of the features. */
  readonly tests: readonly TestReport[]
}

/** The mesh that was looked at. */
export interface Implementation {
  readonly organization: string
  readonly project: string
  readonly url: string
  readonly version: string
  readonly contact: readonly string[]
}

/** How the report came about. */
export interface MeshspecFacts {
  readonly version: string
  readonly target: string
  readonly seed: number | null
  /** A command that makes the report again. */
  readonly reproduce: string
  /** What a reader has to know of the run: `certificates are not verified (--insecure)`. */
  readonly notes: readonly string[]
  readonly durationMs: number
  /** Scenarios that were run and are no tests of the report: their tags name no profile, or no feature. None: left out. */
  readonly uncounted?: number
  readonly requests: number
  readonly errorRates: ErrorRateReport
  /** `null` for a whole run; `index` counts from 0. */
  readonly shard: { readonly index: number; readonly total: number } | null
}

export interface ErrorRateReport {
  /** Statements about shares that a test decided. */
  readonly statements: number
  /** A correct mesh fails the run with a smaller probability. */
  readonly falseAlarm: number
  /** A share that is off by `delta` is missed with at most this probability, each. */
  readonly miss: number
  readonly delta: number
}

/** `success`: all passed. `failure`: one failed. `partial`: one could not be read, shown or decided, and none failed. */
export type Result = 'success' | 'partial' | 'failure'

export interface ProfileReport {
  readonly name: string
  /** A sentence. */
  readonly summary: string
  readonly core: LevelReport
  readonly extended?: ExtendedReport
}

export interface LevelReport {
  readonly result: Result
  readonly statistics: Statistics
  /** Names of tests. Those without any are left out. */
  readonly failedTests?: readonly string[]
  readonly invalidTests?: readonly string[]
  readonly skippedTests?: readonly string[]
  readonly notProgrammedTests?: readonly string[]
  readonly undecidedTests?: readonly string[]
  readonly interruptedTests?: readonly string[]
}

export interface ExtendedReport extends LevelReport {
  /** Each test of the feature passed. */
  readonly supportedFeatures: readonly string[]
  /** None of its tests could be shown. */
  readonly unsupportedFeatures: readonly string[]
}

/** `Skipped`: the target cannot show it. `Invalid`: the mistake is the test's. */
export interface Statistics {
  readonly Passed: number
  readonly Skipped: number
  readonly Failed: number
  readonly Invalid: number
  readonly NotProgrammed: number
  readonly Undecided: number
  readonly Interrupted: number
}

export interface TestReport {
  /** `Request routing / Only jason sees the stars`; unique in a report. */
  readonly name: string
  readonly file: string
  readonly line: number
  readonly features: readonly string[]
  readonly profiles: readonly string[]
  readonly level: Level
  readonly verdict: ScenarioVerdict
  /** Why, when it did not pass. */
  readonly reasons: readonly string[]
  /** Where it is known from who answered whom. */
  readonly evidence: readonly string[]
  readonly requests: number
  readonly durationMs: number
  readonly shares: readonly ShareReport[]
}

/** A statement about shares, and what it was decided by. */
export interface ShareReport {
  readonly statement: string
  readonly wanted: number
  readonly seen: number
  readonly interval: readonly [number, number]
  readonly requests: number
  readonly falseAlarm: number
  readonly miss: number
  readonly delta: number
  readonly exact: boolean
}

/** Several targets beside each other. */
export interface ConformanceReportList {
  readonly apiVersion: typeof apiVersion
  readonly kind: 'ConformanceReportList'
  readonly items: readonly ConformanceReport[]
}
