import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import type { EvidenceBook } from '../verdicts/evidence-book.ts'
import { Undecided } from '../verdicts/failure.ts'
import type { RequestBudget } from './request-budget.ts'
import { assertExchange } from '../targets/assert-target.ts'
import type { Call, Load, MeshSession, Sender } from '../targets/target.ts'

/**
 * The requests of one `When`, of which a live mesh gets only as many as somebody looks at: a statement about shares takes what its decision needs,
 * and anything else that follows gets all.
 */
export class LoadInProgress {
  readonly load: Load
  readonly #call: Call
  readonly #session: MeshSession
  readonly #book: EvidenceBook
  readonly #budget: RequestBudget
  readonly #sample: Exchange[] = []
  readonly #looks: number[] = []
  #isClosed = false
  #beyond = 0

  constructor(session: MeshSession, call: Call, load: Load, book: EvidenceBook, budget: RequestBudget) {
    this.#session = session
    this.#call = call
    this.load = load
    this.#book = book
    this.#budget = budget
    book.begin()
  }

  /** Who sends it. */
  get sender(): Sender {
    return this.#call.from
  }

  /** Of those that the scenario asks for. */
  get left(): number {
    return this.#isClosed ? 0 : Math.max(0, this.load.times - this.#sample.length)
  }

  /** What was sent so far, with what was sent beyond the load. */
  get sample(): readonly Exchange[] {
    return this.#sample
  }

  /** How many had been sent each time that somebody looked, ascending. Between two looks they may be in any order. */
  get looks(): readonly number[] {
    return this.#looks
  }

  /** The mesh is to become another one: what was not sent never is. */
  close(): void {
    this.#isClosed = true
  }

  /** Sends further requests, beyond those that the scenario asks for, too. @returns fewer when the budget has come to its end */
  async more(requests: number): Promise<readonly Exchange[]> {
    if (this.#isClosed) return []
    const times = this.#budget.spend(this.#inBursts(requests))
    const within = Math.min(times, this.left)
    const exchanges = await this.#sendInBursts(times)
    exchanges.forEach(assertExchange)
    this.#session.telemetry?.leaveOut?.(exchanges.slice(within))
    this.#beyond += exchanges.length - Math.min(within, exchanges.length)
    for (const exchange of exchanges) this.#sample.push(exchange)
    if (exchanges.length > 0) this.#looks.push(this.#sample.length)
    this.#book.add(exchanges.slice(0, within), exchanges.slice(within))
    return exchanges
  }

  /** How many were sent beyond the load. */
  get beyond(): number {
    return this.#beyond
  }

  /** Sends what is left. @throws Undecided when the budget does not suffice */
  complete(): Promise<void> {
    return this.sendAll(this.left)
  }

  /** @throws Undecided when the budget does not suffice */
  async sendAll(requests: number): Promise<void> {
    if (requests === 0) return
    const sent = await this.more(requests)
    if (sent.length < requests) throw new Undecided(`the budget of ${this.#budget.total} requests has come to its end (--budget)`)
  }

  /** What is sent all at once meets the mesh as one: a part of it would meet another, less busy one. */
  get #isBurst(): boolean {
    return this.load.times > 1 && this.load.concurrency >= this.load.times
  }

  #inBursts(requests: number): number {
    const { times } = this.load
    return this.#isBurst ? Math.ceil(requests / times) * times : requests
  }

  async #sendInBursts(requests: number): Promise<readonly Exchange[]> {
    const size = this.#isBurst ? this.load.times : requests
    const all: Exchange[] = []
    for (let sent = 0; sent < requests; sent += size) {
      const times = Math.min(size, requests - sent)
      for (const exchange of await this.#send({ times, concurrency: Math.min(times, this.load.concurrency) })) all.push(exchange)
    }
    return all
  }

  async #send(load: Load): Promise<readonly Exchange[]> {
    if (load.times === 0) return []
    if (load.times === 1) return [await this.#session.send(this.#call)]
    if (this.#session.sendAll) return this.#session.sendAll(this.#call, load)
    const all: Exchange[] = []
    for await (const exchange of this.#session.sendMany(this.#call, load)) all.push(exchange)
    return all
  }
}
