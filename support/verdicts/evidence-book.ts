import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { pathsOf } from '../checks/evidence.ts'
import type { StatisticalTest } from './verdict.ts'

/** What a scenario has sent and found out so far, for its verdict record. */
export class EvidenceBook {
  /** Of the last `When` that sent something, as far as sent; empty before the first. */
  last: Exchange[] = []
  requests = 0
  /** How many `When`s have sent something. */
  loads = 0
  readonly tests: StatisticalTest[] = []
  /** What was drawn of the requests that a statement has failed for. */
  chance: readonly string[] = []
  readonly #onExchange: (exchange: Exchange) => void
  readonly #paths = new Map<string, number>()

  constructor(onExchange: (exchange: Exchange) => void = () => {}) {
    this.#onExchange = onExchange
  }

  /** How many requests took each path. */
  get paths(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#paths)
  }

  /** Another `When` sends. */
  begin(): void {
    this.last = []
    this.loads += 1
  }

  /** Takes in what a `When` has sent. @param beyond what it sent besides what the scenario asks for */
  add(exchanges: readonly Exchange[], beyond: readonly Exchange[] = []): void {
    for (const exchange of exchanges) this.last.push(exchange)
    for (const exchange of [...exchanges, ...beyond]) this.#note(exchange)
  }

  #note(exchange: Exchange): void {
    this.requests += 1
    this.#onExchange(exchange)
    for (const path of pathsOf(exchange)) this.#paths.set(path, (this.#paths.get(path) ?? 0) + 1)
  }
}
