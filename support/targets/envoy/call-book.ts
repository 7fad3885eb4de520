import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { CallRecord, Journal, ReceivedRecord } from './journal.ts'
import { podName } from './pod-names.ts'
import type { EndLine, LogLine } from './xds/access-log.ts'

export interface OpenCall {
  readonly call: CallRecord
  readonly journal: Journal
}

interface OpenReceived {
  readonly received: ReceivedRecord
  readonly journal: Journal
}

let calls = 0

/** ms after the end of a connection within which all has come that was written before it: some rounds of Envoy's log. */
const lastWordsMs = 50
/** Lines that nobody has asked for yet; of most nobody will. */
const mostEarly = 1000

/** The calls that Envoy may still write about, and what it wrote. */
export class CallBook {
  readonly #open = new Map<string, OpenCall>()
  /** Which call a connection to a proxy carries: all that tells one that no HTTP filter looked at. */
  readonly #byPeer = new Map<string, string>()
  /** What came over a connection that a sidecar made to its workload: all that tells one of which it read nothing. */
  readonly #byLocal = new Map<string, OpenReceived>()
  /** What proxies wrote of connections that nobody has told of yet. */
  readonly #early = new Map<string, LogLine>()
  readonly #proxyAt: (port: number) => WorkloadInstance | null

  /** @param proxyAt whose proxy listens on a port of 127.0.0.1: a gateway, or the inbound side of a sidecar */
  constructor(proxyAt: (port: number) => WorkloadInstance | null) {
    this.#proxyAt = proxyAt
  }

  /** Takes up a call. */
  enter(about: Omit<CallRecord, 'id' | keyof ReturnType<typeof untold>>, journal: Journal): CallRecord {
    const call: CallRecord = { id: `${process.pid}-${++calls}`, ...about, ...untold() }
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

  read(line: LogLine | EndLine): void {
    if ('ended' in line) return this.#end(`${line.pod} ${line.ended}`)
    if (line.direction === 'inbound' && line.call === null && line.tunnel === null) return this.#readUntold(line)
    const open = this.#open.get(line.call ?? this.#byPeer.get(line.tunnel ?? `${line.pod} ${line.peer}`) ?? '')
    if (!open) return line.direction === 'gateway' ? this.#keep(line) : undefined
    const { call, journal } = open
    if (line.direction === 'inbound') enterInbound(call, line)
    else if (call.proxy === null || podName(call.proxy) === line.pod) this.#enter(call, line)
    else if (line.direction === 'gateway') call.relay = line
    journal.note()
  }

  /** Its sender's proxy writes by which connection it came, and writes later. */
  #readUntold(line: LogLine): void {
    const own = `${line.pod} ${line.local}`
    const open = this.#byLocal.get(own)
    if (!open) return this.#keep(line)
    this.#byLocal.delete(own)
    open.received.inbound ??= line
    open.journal.note()
  }

  #keep(line: LogLine): void {
    if (this.#early.size >= mostEarly) this.#early.clear()
    this.#early.set(`${line.pod} ${line.peer}`, line)
  }

  /** The proxy that the call goes on to writes of it by itself, before this line or after: a gateway, or a sidecar that could not read whose it is. */
  #enter(call: CallRecord, line: LogLine): void {
    call.line ??= line
    const receiver = line.host === null ? null : this.#proxyAt(Number(line.host.slice(line.host.lastIndexOf(':') + 1)))
    call.gateway = receiver?.gateway ? receiver : null
    if (receiver === null || line.local === null) return
    const there = connection(receiver, line.local)
    this.#byPeer.set(there, call.id)
    const early = this.#early.get(there)
    this.#early.delete(there)
    if (receiver.gateway) call.relay ??= early ?? null
    else if (early) enterInbound(call, early)
  }

  /** Of the connection that a client has made to its proxy. */
  #end(peer: string): void {
    const open = this.#open.get(this.#byPeer.get(peer) ?? '')
    if (!open?.call.proxy || !peer.startsWith(`${podName(open.call.proxy)} `)) return
    setTimeout(() => {
      open.call.isOver = true
      open.journal.note()
    }, lastWordsMs)
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

/** What is not known of a call at its beginning. */
function untold() {
  const at = { startMs: performance.now(), endMs: null as number | null, status: 0 }
  const written = { line: null, gateway: null, relay: null, isOver: false, unreached: [], received: [] }
  return { ...at, ...written, decision: null, relayDecision: null, denial: null, mirrors: [] }
}

function enterInbound(call: CallRecord, line: LogLine): void {
  const attempt = line.attempt === null ? null : Number(line.attempt)
  const record = call.received.find(
    (one) => one.inbound === null && one.workload && podName(one.workload) === line.pod && (attempt === null || one.attempt === attempt),
  )
  if (record) record.inbound = line
  else call.unreached.push(line)
}
