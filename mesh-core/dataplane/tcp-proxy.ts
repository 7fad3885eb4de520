import { isTlsError } from '../ir/exchange.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { Listener, NetworkFilter } from '../ir/proxy-config.ts'
import { denialOf, detailsOf } from '../match/access.ts'
import type { AccessSubject } from '../match/access.ts'
import { Delivery } from './delivery.ts'
import type { Dialled } from './dial.ts'
import { doubtOfBytes } from './doubtful.ts'
import { HopRecord, LogRecord } from './evidence.ts'
import type { HopOrigin, Place } from './evidence.ts'
import { explainTcp } from './explain.ts'
import { withoutStream, type Done, type InFlight } from './outcome.ts'
import type { Plane } from './plane.ts'
import type { TlsLayer } from './tls-handshake.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'
import { senderOf } from './entrance.ts'
import { ConnectionTimers } from './tcp-timers.ts'
import { raiseFailure, upstreamOf } from './tcp-upstream.ts'
import { requestFor } from './tunnel.ts'
import { chooseWeighted } from './weighted-choice.ts'

type TcpFilter = Extract<NetworkFilter, { kind: 'tcp' }>

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
  const { receiver, port, tls, http, close } = upstream
  const copy = { ...request, headers: request.headers.copy() }
  // It asks who comes when the first bytes do, and reads none before it has dialled. Source: Envoy `RoleBasedAccessControlFilter` of the network, `tcp_proxy.cc`.
  const subject = subjectOf(plane, place, proxy, connection)
  const doubt = doubtOfBytes(filter.askedOfBytes, subject, proxy.name) ?? upstream.doubt
  if (doubt) {
    close()
    place.exchange.fail(doubt)
    return null
  }
  const denial = filter.access ? denialOf(filter.access, subject) : null
  const isSilent = denial !== null
  const { tunnel } = filter
  const opened = (inner: Delivery): void => {
    delivery = inner
    timers.restart()
  }
  const wrapped = tunnel
    ? { request: requestFor(tunnel, http), tls, carries: { request: copy, layers, isSilent, opened } }
    : { request: copy, ...(isSilent ? { tls, isSilent } : { tls: [...tls, ...layers] }) }
  const shipment = { place, origin, attempt: 1, mirrored: false, ...wrapped, port, source: proxy.place.address }
  const first = new Delivery(shipment, receiver)
  let delivery = first
  let isOver = false
  /** Of a tunnel that is still asked for. */
  const isPending = (): boolean => tunnel !== undefined && delivery === first
  const timers = new ConnectionTimers(plane.clock, filter, log, () => {
    if (isPending()) log.raise('UF')
    abandon()
    keepHop()
    done('closed')
  })
  first.start(plane, shipment, receiver, (outcome) => {
    // What answers a connection that has been closed is told nobody.
    if (isOver) return
    timers.stop()
    close()
    log.durationMs = plane.clock.now() - log.startMs
    if (typeof outcome !== 'string') delivery.hop.status = outcome.status
    if (isPending()) {
      raiseFailure(log, 'refused')
      keepHop()
      return done('closed')
    }
    if (typeof outcome !== 'string') return done(outcome)
    // Of TLS that the proxy has only passed on it knows nothing.
    if (denial && delivery.endsInOrder) log.details = detailsOf(denial)
    const isOfClient = isTlsError(outcome) && (tunnel !== undefined || tls.length === 0 || delivery.endedTls)
    if (!delivery.endsInOrder && !isOfClient) raiseFailure(log, withoutStream(outcome))
    keepHop()
    // It has taken the connection before it knew whether anybody would take it from it.
    done(outcome === 'refused' || (isTlsError(outcome) && !isOfClient) ? 'closed' : outcome)
  })
  function keepHop(): void {
    if (!place.exchange.hops.includes(delivery.hop)) place.exchange.hops.push(new HopRecord(origin))
  }
  function abandon(): void {
    isOver = true
    timers.stop()
    close()
    first.abandon()
  }
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
