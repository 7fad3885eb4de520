import type { Decision } from '../../../mesh-core/ir/exchange.ts'
import type { NotShown } from '../../../mesh-core/ir/not-shown.ts'
import type { SeenTls } from '../../../mesh-core/ir/tls.ts'
import type { HttpRequest } from '../../../mesh-core/ir/message.ts'
import type { WorkloadRef } from '../../../mesh-core/ir/cluster.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { Way } from './ways.ts'
import type { LogLine } from './xds/access-log.ts'

/** One request from its sender to its answer, whatever proxies made of it on the way. */
export interface CallRecord {
  readonly id: string
  /** What made the sender send it; `null` for the client of the exchange. */
  readonly parent: ReceivedRecord | null
  readonly from: WorkloadRef | null
  readonly service: string | null
  /** Where the client wanted to go: `10.96.0.5:9080`. */
  readonly dialled: string
  /** See `Way`. */
  readonly byHost?: Way['byHost'] | undefined
  /** The sender's sidecar, or the gateway; `null` for a sender without. */
  readonly proxy: WorkloadInstance | null
  /** The proxy writes nothing of it: of datagrams, say. */
  readonly unlogged?: true | undefined
  readonly startMs: number
  endMs: number | null
  /** Of the answer; 0 for none. */
  status: number
  line: LogLine | null
  /** Its connection has ended, and with it what the proxy writes. */
  isOver: boolean
  /** The proxy has sent it to a gateway of the mesh, which writes of it, too. */
  gateway: WorkloadInstance | null
  relay: LogLine | null
  readonly received: ReceivedRecord[]
  /** Of receivers' sidecars, whose workloads nothing reached: one for each such try. */
  readonly unreached: LogLine[]
  decision: Decision | null
  /** Of the gateway that it was sent to. */
  relayDecision: Decision | null
  /** Of the receiver's sidecar. */
  denial: Decision | null
  /** Clusters of the copies that the config asks for. */
  mirrors: readonly string[]
}

/** A request as it arrived at a workload. */
export interface ReceivedRecord {
  readonly call: CallRecord
  /** `null`: the world outside. */
  readonly workload: WorkloadInstance | null
  /** Of the workload. */
  readonly port: number
  readonly request: HttpRequest
  /** Ended by the workload itself. */
  readonly tls: SeenTls | null
  readonly attempt: number
  readonly atMs: number
  /** Of the workload's answer; `null` while there is none. */
  status: number | null
  /** The workload's own sidecar stands before it, and will write of this. */
  readonly watched: boolean
  inbound: LogLine | null
  /** It is a question of this proxy about the request. */
  readonly asker: WorkloadRef | null
}

/** What came of the request itself. */
export function arrivalsOf({ received }: CallRecord): readonly ReceivedRecord[] {
  return received.filter(({ asker }) => asker === null)
}

/** ms that an exchange listens for what Envoy has still to write of it; more than enough for a busy machine. */
const patienceMs = 2000
/** ms that it waits for copies, which nobody answers to. */
const mirrorPatienceMs = 150
/** ms; a longer wait is one in which this process did not listen but compute: what came meanwhile is still to be read. */
const longestWaitMs = 50

/** All calls of one exchange. */
export class Journal {
  readonly calls: CallRecord[] = []
  /** Why its evidence is none of a mesh. */
  doubt: NotShown | null = null
  readonly #changed = new Set<() => void>()

  /** What was waited for may have come. */
  note(): void {
    for (const changed of [...this.#changed]) changed()
  }

  /** Resolves when Envoy has written all that it will write of what has ended, or when the patience does. */
  async complete(): Promise<void> {
    for (let waited = 0; ; waited += await this.#change()) {
      const missing = this.calls.some((call) => isUnwritten(call)) && waited < patienceMs
      const copies = this.calls.some((call) => awaitsCopies(call)) && waited < mirrorPatienceMs
      if (!missing && !copies) return
    }
  }

  /** @returns the ms that count as waited */
  #change(): Promise<number> {
    const start = performance.now()
    return new Promise((resolve) => {
      const done = () => {
        this.#changed.delete(done)
        clearTimeout(timer)
        resolve(Math.min(performance.now() - start, longestWaitMs))
      }
      const timer = setTimeout(done, longestWaitMs)
      this.#changed.add(done)
    })
  }
}

function isUnwritten(call: CallRecord): boolean {
  if (call.endMs !== null && call.proxy !== null && !call.unlogged && call.line === null && !call.isOver) return true
  if (call.gateway !== null && call.relay === null) return true
  // An answer to somebody without a proxy, of a request that nobody received: a sidecar gave it.
  const isRefused = call.proxy === null && call.status > 0 && arrivalsOf(call).length === 0
  if (call.endMs !== null && isRefused && !call.unlogged && call.line === null && call.unreached.length === 0) return true
  return call.received.some(({ watched, status, inbound }) => watched && status !== null && inbound === null)
}

function awaitsCopies(call: CallRecord): boolean {
  const { mirrors, endMs, line } = call
  if (mirrors.length === 0 || endMs === null) return false
  return arrivalsOf(call).length < mirrors.length + Math.max(1, line?.attempts ?? 1)
}
