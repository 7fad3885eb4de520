import type { Exchange } from '../mesh-core/ir/exchange.ts'
import { pathsOf } from './checks/evidence.ts'
import type { StatisticalTest } from './verdict.ts'

/** What a scenario has sent and found out so far, for its verdict record. */
export class EvidenceBook {
  /** Of the last `When` that sent something; empty before the first. */
  last: readonly Exchange[] = []
  requests = 0
  readonly paths: Record<string, number> = {}
  readonly tests: StatisticalTest[] = []

  /** Takes in what a `When` has sent. */
  take(exchanges: readonly Exchange[]): void {
    this.last = exchanges
    this.requests += exchanges.length
    for (const exchange of exchanges) for (const path of pathsOf(exchange)) this.paths[path] = (this.paths[path] ?? 0) + 1
  }
}
