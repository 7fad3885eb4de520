import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { CallRecord, Journal, ReceivedRecord } from './journal.ts'
import { podName } from './topology.ts'
import type { LogLine } from './xds/access-log.ts'

export interface OpenCall {
  readonly call: CallRecord
  readonly journal: Journal
}

interface OpenReceived {
  readonly received: ReceivedRecord
  readonly journal: Journal
}

let calls = 0

/** The calls that Envoy may still write about, and what it wrote. */
export class CallBook {
  readonly #open = new Map<string, OpenCall>()
  /** Which call a connection to a proxy carries: all that tells one that no HTTP filter looked at. */
  readonly #byPeer = new Map<string, string>()
  /** What came over a connection that a sidecar made to its workload: all that tells one of which it read nothing. */
  readonly #byLocal = new Map<string, OpenReceived>()
  /** What gateways wrote of connections that nobody has told of yet. */
  readonly #early = new Map<string, LogLine>()
  readonly #gatewayAt: (port: number) => WorkloadInstance | null

  /** @param gatewayAt who listens on a port of 127.0.0.1, if it is a gateway */
  constructor(gatewayAt: (port: number) => WorkloadInstance | null) {
    this.#gatewayAt = gatewayAt
  }

  /** Takes up a call. */
  enter(
    about: Omit<
      CallRecord,
      'id' | 'startMs' | 'endMs' | 'status' | 'line' | 'gateway' | 'relay' | 'unreached' | 'received' | 'decision' | 'denial' | 'mirrors'
    >,
    journal: Journal,
  ): CallRecord {
    const fresh = {
      startMs: performance.now(),
      endMs: null,
      status: 0,
      line: null,
      gateway: null,
      relay: null,
      unreached: [],
      received: [],
      decision: null,
      denial: null,
      mirrors: [],
    }
    const call: CallRecord = { id: `${process.pid}-${++calls}`, ...about, ...fresh }
    journal.calls.push(call)
    this.#open.set(call.id, { call, journal })
    return call
  }

  find(id: string): OpenCall | undefined {
    return this.#open.get(id)
  }

  /** The one that is open, where that is one alone. */
  findAlone(): OpenCall | undefined {
    return this.#open.size === 1 ? this.#open.values().next().value : undefined
  }

  /** @param connection for which a tunnel is asked: the proxy's pod, and the client's end of it */
  findByConnection(connection: string): OpenCall | undefined {
    return this.find(this.#byPeer.get(connection) ?? '')
  }

  /** @param address our end of the connection that the call goes by */
  connected(address: string, { id, proxy }: CallRecord): void {
    if (proxy) this.#byPeer.set(connection(proxy, address), id)
  }

  /** @param address the sidecar's end of the connection by which it came */
  arrived(address: string, received: ReceivedRecord, { journal }: OpenCall): void {
    if (received.workload) this.#byLocal.set(connection(received.workload, address), { received, journal })
  }

  read(line: LogLine): void {
    if (line.direction === 'inbound' && line.call === null && line.tunnel === null) return this.#readUntold(line)
    const peer = `${line.pod} ${line.peer}`
    const open = this.#open.get(line.call ?? this.#byPeer.get(line.tunnel ?? peer) ?? '')
    if (!open) return line.direction === 'gateway' ? void this.#early.set(peer, line) : undefined
    const { call, journal } = open
    if (line.direction === 'inbound') enterInbound(call, line)
    else if (call.proxy === null || podName(call.proxy) === line.pod) this.#enter(call, line)
    else if (line.direction === 'gateway') call.relay = line
    journal.note()
  }

  #readUntold(line: LogLine): void {
    const own = `${line.pod} ${line.local}`
    const open = this.#byLocal.get(own)
    if (!open) return
    this.#byLocal.delete(own)
    open.received.inbound ??= line
    open.journal.note()
  }

  /** A gateway that the call goes on to writes of it by itself: before this line, or after. */
  #enter(call: CallRecord, line: LogLine): void {
    call.line ??= line
    call.gateway = line.host === null ? null : this.#gatewayAt(Number(line.host.slice(line.host.lastIndexOf(':') + 1)))
    if (call.gateway === null || line.local === null) return
    const there = connection(call.gateway, line.local)
    this.#byPeer.set(there, call.id)
    call.relay ??= this.#early.get(there) ?? null
    this.#early.clear()
  }

  /** What has ended will not be written about again. */
  forget({ calls: own }: Journal): void {
    for (const { id, endMs } of own) if (endMs !== null) this.#open.delete(id)
    for (const [address, { received }] of this.#byLocal)
      if (own.includes(received.call) && received.call.endMs !== null) this.#byLocal.delete(address)
    if (this.#byPeer.size < 1000) return
    for (const [peer, id] of this.#byPeer) if (!this.#open.has(id)) this.#byPeer.delete(peer)
  }
}

/** Of a proxy: the one who dials has but one port for one that listens. @param address the other's end of it, or its own to its workload */
function connection(proxy: WorkloadInstance, address: string): string {
  return `${podName(proxy)} ${address}`
}

function enterInbound(call: CallRecord, line: LogLine): void {
  const attempt = line.attempt === null ? null : Number(line.attempt)
  const record = call.received.find(
    (one) => one.inbound === null && one.workload && podName(one.workload) === line.pod && (attempt === null || one.attempt === attempt),
  )
  if (record) record.inbound = line
  else call.unreached.push(line)
}
