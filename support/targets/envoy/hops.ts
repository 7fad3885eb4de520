import type { AccessLogEntry, Hop } from '../../../mesh-core/ir/exchange.ts'
import type { CallRecord, Journal, ReceivedRecord } from './journal.ts'
import type { LogLine } from './xds/access-log.ts'

/** How names of this Envoy are told in the words of the mesh. */
export interface Names {
  cluster(line: LogLine): string
  host(line: LogLine, call: CallRecord): string
}

interface Entry {
  readonly call: CallRecord
  readonly received: ReceivedRecord | null
  readonly atMs: number
}

/** The tree of an exchange, as its journal tells it. */
export function hopsOf({ calls }: Journal, names: Names): readonly Hop[] {
  const entries: Entry[] = calls.flatMap((call) => entriesOf(call)).sort((a, b) => a.atMs - b.atMs)
  const index = new Map(entries.flatMap(({ received }, i) => (received ? [[received, i] as const] : [])))
  const logs = new Map(calls.map((call) => [call, call.line && logEntry(call, call.line, call.startMs, names)]))
  return entries.map(({ call, received }) => hopOf(call, received, logs.get(call) ?? null, call.parent ? (index.get(call.parent) ?? -1) : -1, names))
}

/** A request that reached nobody is a hop, too. */
function entriesOf(call: CallRecord): Entry[] {
  const own = call.received.map((received) => ({ call, received, atMs: received.atMs }))
  const mirrored = mirroredOf(call)
  return call.received.some((received) => !mirrored.has(received)) ? own : [...own, { call, received: null, atMs: call.endMs ?? call.startMs }]
}

function hopOf(call: CallRecord, received: ReceivedRecord | null, log: AccessLogEntry | null, parent: number, names: Names): Hop {
  const mirrored = received !== null && mirroredOf(call).has(received)
  const { decision } = call
  return {
    parent,
    from: call.from,
    service: call.service ?? (call.from === null && log ? (log.cluster.split('|')[3] ?? null) : null),
    to: received?.workload?.ref ?? null,
    version: received?.workload?.version || null,
    app: received?.workload?.app ?? null,
    received: received?.request ?? null,
    status: statusOf(call, received, mirrored),
    attempt: received?.attempt ?? Math.max(1, log?.attempts ?? 1),
    mirrored,
    log,
    inbound: received?.inbound ? logEntry(call, received.inbound, received.atMs, names) : null,
    explain: decision ? () => decision : null,
  }
}

/** The last try has the status that the sender got; those before it, and copies, the one that their receiver gave. */
function statusOf(call: CallRecord, received: ReceivedRecord | null, mirrored: boolean): number {
  const last = received === null || (!mirrored && received.attempt === Math.max(...call.received.map(({ attempt }) => attempt)))
  return last ? call.status : (received.status ?? 0)
}

/**
 * Envoy does not tell a copy from the request: of two that arrived for the same try, the one is the request that arrived where the access log says,
 * or else at an endpoint of the chosen cluster.
 */
function mirroredOf(call: CallRecord): ReadonlySet<ReceivedRecord> {
  const copies = new Set<ReceivedRecord>()
  if (call.mirrors === 0) return copies
  const attempts = new Set(call.received.map(({ attempt }) => attempt))
  for (const attempt of attempts) {
    const same = call.received.filter((received) => received.attempt === attempt)
    const own = same.find((received) => isChosen(call, received))
    for (const received of same) if (received !== own) copies.add(received)
  }
  return copies
}

function isChosen({ line }: CallRecord, { workload, inbound }: ReceivedRecord): boolean {
  const [, , subset, host] = line?.cluster?.replace(/;$/, '').split('|') ?? []
  if (!workload || host === undefined) return inbound === null
  const [service, namespace] = host.split('.')
  return (
    namespace === workload.ref.namespace &&
    (service === workload.app || workload.ref.name.startsWith(`${service}-`)) &&
    fits(subset, workload.version)
  )
}

function fits(subset: string | undefined, version: string): boolean {
  return subset === undefined || subset === '' || version === '' || subset === version
}

function logEntry(call: CallRecord, line: LogLine, startMs: number, names: Names): AccessLogEntry {
  return {
    proxy: line.proxy,
    direction: line.direction,
    startMs,
    durationMs: line.duration,
    status: line.status ?? 0,
    flags: line.flags ?? '-',
    details: line.details ?? '-',
    route: line.route || '-',
    cluster: names.cluster(line),
    upstreamHost: names.host(line, call),
    attempts: line.attempts ?? 0,
  }
}
