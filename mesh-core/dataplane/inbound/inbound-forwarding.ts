import type { InboundPort } from '../../ir/inbound-port.ts'
import type { HttpRequest, HttpResponse } from '../../ir/message.ts'
import { dial } from '../application.ts'
import type { Connection } from '../upstream/connection-pool.ts'
import { HopRecord } from '../evidence.ts'
import type { LogRecord, Place } from '../evidence.ts'
import type { InboundCluster } from './inbound-cluster.ts'
import type { InFlight, Outcome } from '../outcome.ts'
import type { Plane, WorkloadRuntime } from '../plane.ts'
import { resetOf } from '../upstream/reset-reply.ts'
import { Retries } from '../upstream/retries.ts'
import { compileRetry } from '../upstream/retry-policy.ts'
import type { Reset, RetryConditions } from '../upstream/retry-policy.ts'
import { refusalOfAnswer } from '../messages/too-many-headers.ts'

/** Nothing limits the time of a try there. */
export type InboundReset = Exclude<Reset, 'per-try-timeout' | 'wrong-header'>

/** A request that has come in, and is to go to the workload. */
export interface Arrival {
  readonly plane: Plane
  readonly place: Place
  readonly workload: WorkloadRuntime
  readonly port: InboundPort
  readonly request: HttpRequest
  /** Its body has not come whole: whoever sends it waits for a handshake. */
  readonly isHeld: boolean
  readonly hop: HopRecord
  readonly log: LogRecord
}

/** The sidecar was there and its workload was not. */
export function noteUnreached(hop: HopRecord): void {
  hop.received = hop.to = hop.port = null
}

/** The router of a workload's own sidecar: sends a request to the workload, again where its policy says so, within the limits of the pool. Source: Envoy `Router::Filter`. */
export class InboundForwarding implements InFlight {
  readonly #arrival: Arrival
  readonly #cluster: InboundCluster
  readonly #retry: RetryConditions | null
  readonly #retries: Retries
  readonly #done: (end: HttpResponse | InboundReset) => void
  #place: Place
  #hop: HopRecord
  /** To the workload, while the request is on it. */
  #connection: Connection | null = null
  /** Of the tries so far one had a connection. */
  #isReached = false
  #ended = false

  constructor(arrival: Arrival, done: (end: HttpResponse | InboundReset) => void) {
    const { plane, workload, port, place, hop, log } = arrival
    this.#arrival = arrival
    this.#cluster = plane.inboundClusters.of(workload.instance, port)
    this.#retry = compileRetry(port.retry)
    this.#retries = new Retries(plane, this.#cluster, log)
    this.#place = place
    this.#hop = hop
    this.#done = done
  }

  start(): void {
    const { plane, workload, port, request, isHeld, log } = this.#arrival
    log.attempts++
    this.#cluster.admit(request.protocol === 'h2', (connection) => {
      // Its client may have gone while it waited for a connection.
      if (this.#ended) return connection ? this.#cluster.release(connection, true) : undefined
      if (!connection) return this.#reset('overflow')
      this.#connection = connection
      this.#isReached = true
      dial(plane, this.#place, workload, port.leadsTo, { request, isHeld }, (outcome) => {
        if (!this.#ended) this.#conclude(outcome)
      })
    })
  }

  abandon(): void {
    if (!this.#isReached) noteUnreached(this.#hop)
    this.#release(false)
    this.#end()
  }

  #conclude(outcome: Outcome): void {
    this.#release(typeof outcome !== 'string')
    if (typeof outcome === 'string') return this.#reset(resetOf(outcome))
    const refusal = refusalOfAnswer(outcome, this.#arrival.request.protocol === 'h2')
    if (refusal !== null) return this.#reset(refusal)
    if (this.#retry?.retriesAnswer(outcome, this.#arrival.request.headers.has('early-data')) && this.#tryAgain(true)) return
    this.#end()
    this.#done(outcome)
  }

  #reset(reset: InboundReset): void {
    const isReached = reset === 'closed' || reset === 'stream-reset' || reset === 'protocol-error'
    if (this.#retry?.retriesReset(reset) && this.#tryAgain(isReached)) return
    if (!isReached) noteUnreached(this.#hop)
    this.#end()
    this.#done(reset)
  }

  /** @returns false when that may not be */
  #tryAgain(isReached: boolean): boolean {
    const begins = this.#retries.begin(this.#retry!.policy, () => this.start())
    if (begins && isReached) this.#arriveAgain()
    return begins
  }

  /** What the workload gets once more is an arrival of its own, of which no proxy logs anything. */
  #arriveAgain(): void {
    const { parent, from, service, to, version, app, port, attempt, mirrored } = this.#hop
    const hop = Object.assign(new HopRecord({ parent, from, service, log: null, explain: null }), { to, version, app, port, attempt, mirrored })
    hop.received = this.#arrival.request
    this.#hop = hop
    const { exchange } = this.#place
    this.#place = { ...this.#place, parent: exchange.hops.push(hop) - 1 }
  }

  #release(answered: boolean): void {
    if (this.#connection) this.#cluster.release(this.#connection, answered)
    this.#connection = null
  }

  #end(): void {
    this.#ended = true
    this.#retries.end()
  }
}
