import type { HttpRequest } from '../../ir/message.ts'
import type { Listener } from '../../ir/proxy-config.ts'
import { denialOf, detailsOf } from '../../match/access.ts'
import type { AccessSubject } from '../../match/access.ts'
import { judgeBytes } from './bytes-access.ts'
import type { Dialled } from '../dial.ts'
import { HopRecord, LogRecord } from '../evidence.ts'
import type { HopOrigin, Place } from '../evidence.ts'
import { explainTcp } from '../explain.ts'
import type { Done, InFlight } from '../outcome.ts'
import type { Plane } from '../plane.ts'
import type { TlsLayer } from '../tls/tls-handshake.ts'
import type { ProxyRuntime } from '../proxy-runtime.ts'
import { senderOf } from '../entrance.ts'
import { pass, type Passing } from './tcp-passage.ts'
import { ConnectionTimers } from './tcp-timers.ts'
import { listens, upstreamOf } from './tcp-upstream.ts'
import type { TcpFilter } from './tcp-upstream.ts'
import { chooseWeighted } from '../balancing/weighted-choice.ts'

/** A connection whose bytes are passed on unread: no header is added, and no HTTP rule acts. Source: Envoy `TcpProxy`. */
export function proxyTcp(
  plane: Plane,
  place: Place,
  proxy: ProxyRuntime,
  filter: TcpFilter,
  request: HttpRequest,
  connection: TcpConnection,
  done: Done,
): InFlight | null {
  const { target, listener, layers } = connection
  const log = logOf(plane, proxy, filter)
  const upstream = upstreamOf(plane, place, proxy, filter, log, {
    ...target,
    isKept: !listener.bindsToPort && !proxy.edge,
    serverName: layers[0]?.serverName ?? null,
  })
  const origin = originOf(place, proxy, filter, log, target, listener.name)
  if (!upstream) {
    place.exchange.hops.push(new HopRecord(origin))
    done('closed')
    return null
  }
  if (upstream.doubt) {
    upstream.close()
    place.exchange.fail(upstream.doubt)
    return null
  }
  // It asks who comes when the first bytes do, and reads none before it has dialled. Source: Envoy `RoleBasedAccessControlFilter` of the network, `tcp_proxy.cc`.
  const subject = subjectOf(plane, place, proxy, connection)
  const caller = { plane, place, proxy, ref: proxy.place.ref, address: proxy.place.address }
  let passing: Passing | null = null
  const abandon = (): void => {
    timers.stop()
    if (passing) return passing.abandon()
    asking?.abandon()
    upstream.close()
  }
  const timers = new ConnectionTimers(plane.clock, filter, log, () => {
    abandon()
    if (passing) passing.expire()
    else place.exchange.hops.push(new HopRecord(origin))
    done('closed')
  })
  const asking = judgeBytes(listens(upstream) ? filter.askedOfBytes : undefined, caller, subject, (refusal) => {
    const denial = refusal === null && filter.access ? denialOf(filter.access, subject) : null
    const keptOut = refusal ? { flag: 'UAEX' } : denial ? { details: detailsOf(denial) } : null
    passing = pass({ plane, place, proxy, filter, request, layers, upstream, log, origin, keptOut, timers }, done)
  })
  return { abandon }
}

interface TcpConnection {
  readonly target: Dialled
  readonly listener: Listener
  /** TLS that is still around the bytes. */
  readonly layers: readonly TlsLayer[]
  /** Names in the certificate of the client, where TLS has ended. */
  readonly peer: readonly string[]
  /** SNI; `''` for none. */
  readonly serverName: string
}

function subjectOf(plane: Plane, { sourceAddress }: Place, proxy: ProxyRuntime, { target, peer, serverName }: TcpConnection): AccessSubject {
  const client = sourceAddress ?? (proxy.edge ? plane.clientAddress : proxy.place.address)
  const destination = { address: target.address ?? proxy.place.address, port: target.port }
  return { request: null, peer, serverName, destination, connectionAddress: client, clientAddress: client }
}

/**
 * A client that did not get through TLS: where its bytes would have gone was chosen as soon as it had come, and is in the log. Source: Envoy `tcp_proxy.cc`
 * onNewConnection.
 * @returns was there anywhere to go? Else the connection was closed before any TLS.
 */
export function noteUnused(plane: Plane, place: Place, proxy: ProxyRuntime, filter: TcpFilter, target: Dialled, listener: Listener): boolean {
  const log = logOf(plane, proxy, filter)
  upstreamOf(plane, place, proxy, filter, log, { ...target, isKept: !proxy.edge, serverName: null })?.close()
  place.exchange.hops.push(new HopRecord(originOf(place, proxy, filter, log, target, listener.name)))
  return !['NC', 'UH', 'UO'].includes(log.flags)
}

/** A connection that a limit keeps out goes nowhere. */
export function noteKeptOut(plane: Plane, place: Place, proxy: ProxyRuntime, filter: TcpFilter, target: Dialled, listener: Listener): void {
  const log = new LogRecord(proxy.name, proxy.edge ? 'gateway' : 'outbound', plane.clock.now())
  log.details = '-'
  place.exchange.hops.push(new HopRecord(originOf(place, proxy, filter, log, target, listener.name)))
}

function logOf(plane: Plane, proxy: ProxyRuntime, { clusters }: TcpFilter): LogRecord {
  const weights = clusters.map(({ weight }) => weight)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const log = new LogRecord(proxy.name, proxy.edge ? 'gateway' : 'outbound', plane.clock.now())
  log.cluster = clusters[chooseWeighted(weights, total, plane.chance.split)]!.cluster
  log.details = '-'
  return log
}

function originOf(place: Place, proxy: ProxyRuntime, filter: TcpFilter, log: LogRecord, target: Dialled, listener: string): HopOrigin {
  const host = target.service ?? target.hostname
  const explain = () => explainTcp(proxy.name, listener, host, filter, log)
  return { parent: place.parent, from: senderOf(place, proxy), service: target.service ?? serviceBehind(proxy, log), log, explain }
}

/** Outside names are no services: the connection is for the one that the gateway sends it to. */
function serviceBehind(proxy: ProxyRuntime, { cluster }: LogRecord): string | null {
  return proxy.edge ? (proxy.cluster(cluster)?.config.destination?.host ?? null) : null
}
