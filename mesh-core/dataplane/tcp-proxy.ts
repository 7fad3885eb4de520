import { isTlsError } from '../ir/exchange.ts'
import type { TransportError } from '../ir/exchange.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { Listener, NetworkFilter } from '../ir/proxy-config.ts'
import { denialOf, detailsOf } from '../match/access.ts'
import type { AccessSubject } from '../match/access.ts'
import { Delivery } from './delivery.ts'
import type { Receiver } from './delivery.ts'
import type { Dialled } from './dial.ts'
import { HopRecord, LogRecord } from './evidence.ts'
import type { HopOrigin, Place } from './evidence.ts'
import { receiverAt } from './original-destination.ts'
import { blindly } from './balancer.ts'
import { explainTcp } from './explain.ts'
import { withoutStream, type Done, type InFlight } from './outcome.ts'
import type { Plane } from './plane.ts'
import type { TlsLayer } from './tls-handshake.ts'
import { layersTo } from './upstream-tls.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'
import { senderOf } from './entrance.ts'
import { listenerAt } from './upstream.ts'
import { chooseWeighted } from './weighted-choice.ts'
import { xxHash64 } from './xx-hash.ts'

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
  const { receiver, port, tls, close } = upstream
  const copy = { ...request, headers: request.headers.copy() }
  // It asks who comes when the first bytes do, and reads none before it has dialled. Source: Envoy `RoleBasedAccessControlFilter` of the network, `tcp_proxy.cc`.
  const denial = filter.access ? denialOf(filter.access, subjectOf(plane, place, proxy, connection)) : null
  const wrapped = denial ? { tls, isSilent: true } : { tls: [...tls, ...layers] }
  const shipment = { place, origin, request: copy, attempt: 1, mirrored: false, ...wrapped, port, source: proxy.place.address }
  const delivery = new Delivery(shipment, receiver)
  const { stop } = endInTime(plane, filter, log, () => {
    abandon()
    if (!place.exchange.hops.includes(delivery.hop)) place.exchange.hops.push(new HopRecord(origin))
    done('closed')
  })
  delivery.start(plane, shipment, receiver, (outcome) => {
    stop()
    close()
    log.durationMs = plane.clock.now() - log.startMs
    if (typeof outcome !== 'string') {
      delivery.hop.status = outcome.status
      return done(outcome)
    }
    // Of TLS that the proxy has only passed on it knows nothing.
    if (denial && delivery.endsInOrder) log.details = detailsOf(denial)
    const isOfClient = isTlsError(outcome) && (tls.length === 0 || delivery.endedTls)
    if (!delivery.endsInOrder && !isOfClient) raiseFailure(log, withoutStream(outcome))
    if (!place.exchange.hops.includes(delivery.hop)) place.exchange.hops.push(new HopRecord(origin))
    // It has taken the connection before it knew whether anybody would take it from it.
    done(outcome === 'refused' || (isTlsError(outcome) && !isOfClient) ? 'closed' : outcome)
  })
  function abandon(): void {
    stop()
    close()
    delivery.abandon()
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

/** Envoy's default. */
const idleTimeout = 3_600_000

/** Bytes come with the request and with the answer, and nothing in between. Source: Envoy `tcp_proxy.cc` onIdleTimeout, onMaxDownstreamConnectionDuration. */
function endInTime(
  { clock }: Plane,
  { idleTimeoutMs = idleTimeout, maxDurationMs }: TcpFilter,
  log: LogRecord,
  end: () => void,
): { readonly stop: () => void } {
  const isOld = maxDurationMs !== undefined && (idleTimeoutMs === 0 || maxDurationMs <= idleTimeoutMs)
  const afterMs = isOld ? maxDurationMs : idleTimeoutMs
  if (afterMs === 0 && !isOld) return { stop: () => {} }
  const timer = clock.deadline(
    afterMs,
    () => {
      if (isOld) log.raise('DT')
      log.durationMs = clock.now() - log.startMs
      end()
    },
    `${log.proxy} waits for bytes`,
  )
  return { stop: () => timer.cancel() }
}

/**
 * A client that did not get through TLS: where its bytes would have gone was chosen as soon as it had come, and is in the log. Source: Envoy `tcp_proxy.cc`
 * onNewConnection.
 */
export function noteUnused(plane: Plane, place: Place, proxy: ProxyRuntime, filter: TcpFilter, target: Dialled, listener: Listener): void {
  const log = logOf(plane, proxy, filter)
  upstreamOf(plane, place, proxy, filter, log, { ...target, isKept: !proxy.edge, serverName: null })?.close()
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

/** A connection that did not come about was tried as often as `max_connect_attempts` has it: once. Source: Envoy `tcp_proxy.cc`. */
function raiseFailure(log: LogRecord, reason: TransportError): void {
  if (reason === 'closed') return log.raise('UR')
  log.raise('UF')
  log.raise('URX')
}

/** What a connection tells of where it is to go. */
interface Wanted {
  /** Where the client was going is known, if it was redirected. */
  readonly isKept: boolean
  /** SNI; `null` for a client that names none, or speaks no TLS. */
  readonly serverName: string | null
}

/** A name of DYNAMIC_DNS is looked up for each connection. Source: Envoy's SNI dynamic forward proxy. */
function addressOf({ model }: Plane, serverName: string | null): string | null {
  return serverName === null ? null : model.registry.resolve(serverName, '')
}

interface Upstream {
  readonly receiver: Receiver
  readonly port: number
  readonly tls: readonly TlsLayer[]
  readonly close: () => void
}

function upstreamOf(
  plane: Plane,
  { sourceAddress }: Place,
  proxy: ProxyRuntime,
  filter: TcpFilter,
  log: LogRecord,
  target: Dialled & Wanted,
): Upstream | null {
  const cluster = proxy.cluster(log.cluster)
  if (!cluster) {
    log.raise('NC')
    log.cluster = '-'
    return null
  }
  const { discovery, portOverride } = cluster.config
  if (discovery === 'original-dst' || discovery === 'dynamic-dns') {
    const address = discovery === 'dynamic-dns' ? addressOf(plane, target.serverName) : target.isKept ? target.address : null
    if (address === null) {
      log.raise('UH')
      return null
    }
    const receiver = receiverAt(plane, address, portOverride ?? target.port, 'kept-service-address')
    if (receiver) log.upstreamHost = `${receiver.address}:${receiver.port}`
    else raiseFailure(log, 'refused')
    return receiver && { receiver, port: receiver.port, tls: layersTo(plane, proxy, cluster.config, null, null), close: () => {} }
  }
  const client = sourceAddress ?? (proxy.edge ? plane.clientAddress : proxy.place.address)
  const host = cluster.pick(filter.hashesSource ? { ...blindly, hash: () => xxHash64(client) } : blindly)
  if (!host) {
    log.raise('UH')
    return null
  }
  if (!cluster.breaker.open(host)) {
    log.raise('UO')
    return null
  }
  log.upstreamHost = host.address
  const receiver = listenerAt(plane, host.endpoint)
  if (receiver) {
    const tls = layersTo(plane, proxy, cluster.config, host.endpoint, null)
    return { receiver, port: host.endpoint.port, tls, close: () => cluster.breaker.close(host) }
  }
  cluster.breaker.close(host)
  raiseFailure(log, 'refused')
  return null
}
