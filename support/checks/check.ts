import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import type { Locate } from '../explain/decision.ts'
import { NotSupported } from '../targets/target.ts'
import type { Capability, MeshSession } from '../targets/target.ts'
import type { StatisticalTest } from '../verdicts/verdict.ts'
import type { ErrorRates } from './statistics/share-test.ts'

/** What a check may know besides the exchanges. */
export interface CheckContext {
  readonly target: string
  readonly capabilities: ReadonlySet<Capability>
  readonly clock: 'virtual' | 'wall'
  readonly rates: ErrorRates
  readonly locate: Locate
  /** All that is applied; empty where the target does not tell. */
  readonly resources: () => readonly Resource[]
  /** Who stands behind a cluster of a proxy's config; `null` where the target does not know. */
  readonly behind: NonNullable<MeshSession['behind']> | null
  /** Tells how a statement about shares was decided, for the report. */
  readonly record: (test: Omit<StatisticalTest, 'load'>) => void
}

/**
 * Judges exchanges: a complaint, or nothing when the statement holds. Several lines are one complaint.
 * @throws NotSupported when the target shows too little to tell
 * @throws Undecided when there were too few requests to tell
 */
export type Check = (exchanges: readonly Exchange[], context: CheckContext) => string | undefined

/** Judges one exchange. */
export type ExchangeCheck = (exchange: Exchange, context: CheckContext) => string | undefined

/** Holds when it holds for each exchange; complains of the first for which it does not. */
export function each(check: ExchangeCheck): Check {
  return (exchanges, context) => {
    const complaints = exchanges.map((exchange) => check(exchange, context))
    const first = complaints.findIndex((complaint) => complaint !== undefined)
    if (first < 0) return undefined
    if (exchanges.length === 1) return complaints[0]
    const wrong = complaints.filter((complaint) => complaint !== undefined).length
    return `${wrong} of ${exchanges.length} requests did not; request ${first + 1}:\n${complaints[first]!}`
  }
}

/** A check that needs what not every target can show. */
export function needing(capability: Capability, check: Check): Check {
  return (exchanges, context) => {
    if (!context.capabilities.has(capability))
      throw new NotSupported(capability, `the target ${context.target} does not tell ${tells[capability] ?? capability}`)
    return check(exchanges, context)
  }
}

const tells: Partial<Record<Capability, string>> = {
  received: 'what each workload received',
  path: 'which workloads a request passed',
  'served-by': 'which workload gave the answer',
}
