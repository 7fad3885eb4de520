import type { AccessLogEntry, Hop } from '../../../mesh-core/ir/exchange.ts'
import type { HttpRequest } from '../../../mesh-core/ir/message.ts'
import { hostOfCluster } from '../../../mesh-core/ir/cluster.ts'
import type { WorkloadRef } from '../../../mesh-core/ir/cluster.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { asDrawn } from './as-drawn.ts'
import type { CallRecord, Journal, ReceivedRecord } from './journal.ts'
import { asFromPod, isCopy } from './mirrors.ts'
import type { LogLine } from './xds/access-log.ts'

/** How names of this Envoy are told in the words of the mesh. */
export interface Names {
  /** `10.244.0.5:9080` of a port of 127.0.0.1; `null`: it is nobody's of the mesh. */
  host(port: number): string | null
  /** Where a cluster of the proxy leads that goes to where the client wanted to go, or the name in Host leads, `10.96.0.5:9080`; `null`: it goes elsewhere. */
  kept(proxy: WorkloadInstance, cluster: string, call: Pick<CallRecord, 'dialled' | 'byHost'>): string | null
  /** Has the cluster of the proxy such an endpoint? */
  leadsTo(proxy: WorkloadInstance, cluster: string, workload: WorkloadInstance | null): boolean
}

interface Entry {
  readonly call: CallRecord
  readonly received: ReceivedRecord | null
  /** Of a receiver's sidecar, whose workload nothing reached. */
  readonly unreached: LogLine | null
  readonly atMs: number
}

/** The tree of an exchange, as its journal tells it. */
export function hopsOf({ calls }: Journal, names: Names): readonly Hop[] {
  const entries: Entry[] = calls.flatMap((call) => entriesOf(call)).sort((a, b) => a.atMs - b.atMs)
  const logs = new Map(calls.map((call) => [call, call.line && logEntry(call, call.line, call.startMs, names)]))
  const hops: Hop[] = []
  const index = new Map<ReceivedRecord, number>()
  const relayed = new Map<CallRecord, number>()
  for (const { call, received, unreached, atMs } of entries) {
    const parent = call.parent ? (index.get(call.parent) ?? -1) : -1
    const log = logs.get(call) ?? null
    const end: End = { received, unreached, atMs }
    const isAside = received?.asker || isMirrored(call, end)
    const gateway = isAside ? null : call.gateway
    if (gateway && !relayed.has(call)) relayed.set(call, hops.push(relayHop(call, gateway, log, parent)) - 1)
    if (received) index.set(received, hops.length)
    if (received?.asker) hops.push(questionHop(call, received, received.asker, parent, names))
    else hops.push(gateway ? behindGateway(call, gateway, end, relayed.get(call)!, names) : hopOf(call, end, log, parent, names))
  }
  return hops
}

/** From the sender to a gateway of the mesh. How the request arrived there nobody saw. */
function relayHop(call: CallRecord, gateway: WorkloadInstance, log: AccessLogEntry | null, parent: number): Hop {
  const { decision, status } = call
  return {
    ...{
      parent,
      from: call.from,
      service: call.service,
      to: gateway.ref,
      version: gateway.version || null,
      app: gateway.app,
      port: null,
      received: null,
      tls: null,
    },
    ...{
      status,
      attempt: Math.max(1, log?.attempts ?? 1),
      mirrored: false,
      log,
      inbound: null,
      explain: decision ? () => asDrawn(decision, log) : null,
    },
  }
}

/** From there on. */
function behindGateway(call: CallRecord, gateway: WorkloadInstance, end: End, parent: number, names: Names): Hop {
  const log = call.relay && logEntry(call, call.relay, call.startMs, names)
  const service = log && hostOfCluster(log.cluster)
  const hop = hopOf(call, end, log, parent, names)
  const { relayDecision } = call
  return { ...hop, from: gateway.ref, service, explain: relayDecision ? () => asDrawn(relayDecision, log) : null }
}

/** A request that reached nobody is a hop, too, and so is each try that a sidecar has ended. */
function entriesOf(call: CallRecord): Entry[] {
  const own: Entry[] = call.received.map((received) => ({ call, received, unreached: null, atMs: received.atMs }))
  const ended = call.unreached.map((unreached): Entry => ({ call, received: null, unreached, atMs: endOf(call, tryOf(unreached)) }))
  const known = [...own, ...ended]
  const isLost = known.every((one) => one.received?.asker || isMirrored(call, one))
  return [...known, ...(isLost ? [{ call, received: null, unreached: null, atMs: call.endMs ?? call.startMs }] : [])]
}

/** Where a try has its place among those that arrived: before the next of them. */
function endOf({ received, endMs, startMs }: CallRecord, attempt: number): number {
  const later = received.filter((one) => one.attempt > attempt).map(({ atMs }) => atMs)
  return Math.min(...later, endMs ?? startMs)
}

/** Counted from 1. */
function tryOf({ attempt }: LogLine): number {
  return attempt === null ? 1 : Number(attempt)
}

/** Where a try has ended. */
type End = Omit<Entry, 'call'>

function hopOf(call: CallRecord, end: End, log: AccessLogEntry | null, parent: number, names: Names): Hop {
  const { received, unreached } = end
  const mirrored = isMirrored(call, end)
  const { decision, denial } = call
  const inbound = received === null ? unreached : received.inbound
  return {
    parent,
    from: call.from,
    service: mirrored
      ? received && copiedService(call, received, names)
      : (call.service ?? (call.from === null && log ? hostOfCluster(log.cluster) : null)),
    to: received?.workload?.ref ?? null,
    version: received?.workload?.version || null,
    app: received?.workload?.app ?? null,
    port: received?.workload ? portOf(call, received.workload, received.port, log, names) : null,
    received: received && asReceived(call, received, mirrored),
    tls: received?.tls ?? null,
    status: statusOf(call, end, mirrored),
    attempt: received?.attempt ?? (unreached ? tryOf(unreached) : Math.max(1, log?.attempts ?? 1)),
    mirrored,
    // Of copies Envoy logs nothing.
    log: mirrored ? null : log,
    inbound: inbound ? logEntry(call, inbound, received?.atMs ?? call.startMs, names, received?.port) : null,
    explain: decision ? () => asDrawn(decision, log) : null,
    denial: denial && /^(rbac|jwt_authn)_access_denied/.test(inbound?.details ?? '') ? () => denial : null,
  }
}

/** What a proxy asks of an authorizer. Envoy logs nothing of it there. */
function questionHop(call: CallRecord, received: ReceivedRecord, asker: WorkloadRef, parent: number, names: Names): Hop {
  const hop = hopOf(call, { received, unreached: null, atMs: received.atMs }, null, parent, names)
  const { app = null, ref = null } = received.workload ?? {}
  const service = ref && app ? `${app}.${ref.namespace}.svc.cluster.local` : null
  return { ...hop, from: asker, service, status: received.status ?? 0, mirrored: false, asks: true, explain: null, denial: null }
}

/** That the copy was for: it may be for another one than the request. */
function copiedService({ proxy, mirrors }: CallRecord, { workload }: ReceivedRecord, names: Names): string | null {
  const cluster = proxy && mirrors.find((one) => names.leadsTo(proxy, one, workload))
  return cluster ? hostOfCluster(cluster) : null
}

/** The last try has the status that the sender got; those before it, copies, and what opens a tunnel, the one that their receiver gave. */
function statusOf({ received: all, unreached: ended, status }: CallRecord, { received, unreached }: End, mirrored: boolean): number {
  const attempt = received?.attempt ?? (unreached && tryOf(unreached))
  if (received?.request.method === 'CONNECT') return received.status ?? 0
  const last = Math.max(...all.map((one) => one.attempt), ...ended.map(tryOf))
  if (attempt === null || (!mirrored && attempt === last)) return status
  return (received ? received.status : unreached?.status) ?? 0
}

export function isMirrored({ mirrors }: CallRecord, { received, unreached }: Pick<Entry, 'received' | 'unreached'>): boolean {
  return mirrors.length > 0 && isCopy(received ? received.request.headers.get('x-forwarded-for') : unreached?.forwardedFor)
}

/** A copy as it would have arrived in a pod. */
function asReceived({ proxy }: CallRecord, { request }: ReceivedRecord, mirrored: boolean): HttpRequest {
  return mirrored && proxy ? { ...request, headers: asFromPod(request.headers, proxy.address) } : request
}

function logEntry(call: CallRecord, line: LogLine, startMs: number, names: Names, arrivedAt?: number): AccessLogEntry {
  const localPort = line.direction === 'outbound' ? portIn(call.dialled) : arrivedAt
  return {
    proxy: line.proxy,
    direction: line.direction,
    startMs,
    durationMs: line.duration,
    status: line.status ?? 0,
    flags: line.flags ?? '-',
    details: detailsOf(line),
    route: line.route || '-',
    cluster: clusterName(line),
    upstreamHost: hostName(line, call, names),
    attempts: line.attempts ?? 0,
    ...(localPort !== undefined && { localPort }),
  }
}

/**
 * Connections of bytes have details of their own. Of those Envoy knows response code details, too, which Istio's log of them does not ask for; but for what its
 * codecs of HTTP say of a stream that they have ended before they had its headers.
 */
function detailsOf({ call, status, details, termination }: LogLine): string {
  const isOfBytes = call === null && !status && !/^http[12]\./.test(details ?? '')
  return (isOfBytes ? null : details) ?? termination ?? '-'
}

/** Without the mark that istiod ends it with. */
export function clusterName({ cluster }: LogLine): string {
  return cluster === null ? '-' : cluster.replace(/;$/, '')
}

/** What is nobody's of the mesh is where the client wanted to go, and so is the port of somebody who listens on all. */
function hostName(line: LogLine, call: CallRecord, names: Names): string {
  const { dialled, proxy } = call
  if (line.host === null) return '-'
  const found = names.host(Number(line.host.slice(line.host.lastIndexOf(':') + 1)))
  const kept = proxy && names.kept(proxy, clusterName(line), call)
  if (found === null) return kept ?? dialled
  return addressOf(found) === addressOf(dialled) ? (kept ?? found) : found
}

/** One who names no ports listens on all, and is served here on those that are known: where the destination is kept, the port is the dialled one. */
function portOf(call: CallRecord, { ports }: WorkloadInstance, served: number, log: AccessLogEntry | null, names: Names): number {
  const { dialled, proxy } = call
  const kept = proxy ? log && names.kept(proxy, log.cluster, call) : dialled
  return ports.length === 0 && kept !== null ? portIn(kept) : served
}

function addressOf(host: string): string {
  return host.slice(0, host.lastIndexOf(':'))
}

function portIn(host: string): number {
  return Number(host.slice(host.lastIndexOf(':') + 1))
}
