import type { WorkloadRef } from '../ir/cluster.ts'
import type { AccessLogEntry, Decision, Exchange, Hop, TransportError } from '../ir/exchange.ts'
import type { HttpRequest, HttpResponse } from '../ir/message.ts'
import type { SeenTls } from '../ir/tls.ts'
import type { Milliseconds } from '../time/clock.ts'
import type { ClientConnection } from './client-connection.ts'

/** An entry while it is being written. */
export class LogRecord implements AccessLogEntry {
  readonly proxy: string
  readonly direction: AccessLogEntry['direction']
  readonly startMs: Milliseconds
  durationMs = 0
  status = 0
  flags = '-'
  details = 'via_upstream'
  route = '-'
  cluster = '-'
  upstreamHost = '-'
  attempts = 0
  localPort?: number

  constructor(proxy: string, direction: AccessLogEntry['direction'], startMs: Milliseconds) {
    this.proxy = proxy
    this.direction = direction
    this.startMs = startMs
  }

  /** Envoy prints flags in the order in which they were raised, each once. */
  raise(flag: string): void {
    if (this.flags === '-') this.flags = flag
    else if (!this.flags.split(',').includes(flag)) this.flags += `,${flag}`
  }
}

/** A hop while it is under way. */
export class HopRecord implements Hop {
  readonly parent: number
  readonly from: WorkloadRef | null
  readonly service: string | null
  to: WorkloadRef | null = null
  version: string | null = null
  app: string | null = null
  port: number | null = null
  received: HttpRequest | null = null
  tls: SeenTls | null = null
  status = 0
  attempt = 1
  mirrored = false
  asks?: true
  readonly log: LogRecord | null
  inbound: LogRecord | null = null
  denial: (() => Decision) | null = null
  readonly explain: (() => Decision) | null
  #isInformed = false

  constructor(origin: HopOrigin) {
    this.parent = origin.parent
    this.from = origin.from
    this.service = origin.service
    this.log = origin.log
    this.explain = origin.explain
  }

  /** Its receiver has said something, and not yet how it ends: 100, 103. Who has passed that on does not try again. */
  get isInformed(): boolean {
    return this.#isInformed
  }

  inform(status: number): void {
    this.#isInformed = true
    for (const log of [this.log, this.inbound]) if (log) log.status = status
  }
}

/** What all hops of one request have in common. */
export interface HopOrigin {
  readonly parent: number
  readonly from: WorkloadRef | null
  /** Known to a gateway only when it has chosen the route. */
  service: string | null
  readonly log: LogRecord | null
  readonly explain: (() => Decision) | null
}

/** An exchange while it is under way: every proxy and workload on the way adds its hops. */
export class ExchangeRecord {
  readonly request: HttpRequest
  readonly startMs: Milliseconds
  readonly hops: HopRecord[] = []
  /** Takes the mistake of a program that is no answer of the mesh. */
  readonly fail: (error: unknown) => void

  constructor(request: HttpRequest, startMs: Milliseconds, fail: (error: unknown) => void) {
    this.request = request
    this.startMs = startMs
    this.fail = fail
  }

  end(outcome: HttpResponse | TransportError, now: Milliseconds): Exchange {
    const failed = typeof outcome === 'string'
    return {
      request: this.request,
      response: failed ? null : outcome,
      error: failed ? outcome : null,
      durationMs: now - this.startMs,
      hops: this.hops,
    }
  }
}

/** Where a request stands in its exchange. */
export interface Place {
  readonly exchange: ExchangeRecord
  /** Index of the hop whose workload sends; -1 for the client of the exchange. */
  readonly parent: number
  /** Of the client; `null` when it says nothing of it. */
  readonly connection: ClientConnection | null
  /** Of another proxy that connects; `null`: of the proxy's own workload, and at gateways of the client outside. */
  readonly sourceAddress: string | null
}
