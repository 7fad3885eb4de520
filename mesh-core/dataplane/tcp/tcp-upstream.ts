import type { UpstreamHttp } from '../../ir/cluster.ts'
import type { TransportError } from '../../ir/exchange.ts'
import type { NetworkFilter } from '../../ir/proxy-config.ts'
import { blindly } from '../balancing/balancer.ts'
import type { PooledHost } from '../upstream/circuit-breaker.ts'
import type { ClusterRuntime } from '../upstream/cluster-runtime.ts'
import type { Receiver } from '../shipment.ts'
import type { Dialled } from '../dial.ts'
import type { LogRecord, Place } from '../evidence.ts'
import { doubtOfServer } from '../doubtful.ts'
import { receiverAt } from '../upstream/original-destination.ts'
import type { Plane } from '../plane.ts'
import type { ProxyRuntime } from '../proxy-runtime.ts'
import type { TlsLayer } from '../tls/tls-handshake.ts'
import { leadsInto, listenerAt } from '../upstream/upstream.ts'
import { layersTo } from '../upstream/upstream-tls.ts'
import { xxHash64 } from '../balancing/xx-hash.ts'

export type TcpFilter = Extract<NetworkFilter, { kind: 'tcp' }>

/** A connection that did not come about was tried as often as `max_connect_attempts` has it: once. Source: Envoy `tcp_proxy.cc`. */
export function raiseFailure(log: LogRecord, reason: TransportError): void {
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
function addressOf({ model }: Plane, { looksUpServerName }: TcpFilter, serverName: string | null): string | null {
  return serverName === null || !looksUpServerName ? null : model.registry.resolve(serverName, '')
}

/** Who takes a connection, and how it is wrapped. */
export interface Upstream {
  readonly receiver: Receiver
  readonly port: number
  readonly tls: readonly TlsLayer[]
  readonly http: UpstreamHttp
  readonly close: () => void
  /** Tells the cluster whether the connection has come about. Source: Envoy `tcp_proxy.cc` onUpstreamEvent, onUpstreamConnection. */
  readonly note: (hasConnected: boolean) => void
  /** Why it is not known what becomes of it. */
  readonly doubt: Error | null
}

/** @param log names the cluster, and is told why there is nobody */
export function upstreamOf(
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
  const { discovery, portOverride, http } = cluster.config
  const doubt = doubtOfServer(cluster.config)
  // Asked before anybody is chosen.
  if (!cluster.breaker.mayOpen()) {
    log.raise('UO')
    return null
  }
  if (discovery === 'original-dst' || discovery === 'dynamic-dns') {
    const address = discovery === 'dynamic-dns' ? addressOf(plane, filter, target.serverName) : target.isKept ? target.address : null
    if (address === null) {
      log.raise('UH')
      return null
    }
    const port = portOverride ?? target.port
    const receiver = receiverAt(plane, address, port, 'kept-service-address')
    if (receiver) log.upstreamHost = `${receiver.address}:${receiver.port}`
    else raiseFailure(log, 'refused')
    const tls = layersTo(plane, proxy, cluster.config, null, null)
    return (
      receiver && { receiver, port: receiver.port, tls, http, close: openTo(cluster, cluster.dialled(`${address}:${port}`)), note: () => {}, doubt }
    )
  }
  const client = sourceAddress ?? (proxy.edge ? plane.clientAddress : proxy.place.address)
  const host = cluster.pick(filter.hashesSource ? { ...blindly, hash: () => xxHash64(client) } : blindly)
  if (!host) {
    log.raise('UH')
    return null
  }
  log.upstreamHost = host.address
  const within = leadsInto(plane, host.endpoint)
  const landing = within === null ? null : receiverAt(plane, within, host.endpoint.port, 'kept-service-address')
  const receiver = within === null ? listenerAt(plane, host.endpoint) : landing
  const note = (hasConnected: boolean): void => cluster.note(host, hasConnected ? 200 : 'connect-failure')
  if (receiver) {
    const tls = layersTo(plane, proxy, cluster.config, host.endpoint, null)
    return { receiver, port: landing?.port ?? host.endpoint.port, tls, http, close: openTo(cluster, host), note, doubt }
  }
  note(false)
  raiseFailure(log, 'refused')
  return null
}

/** Whose connections nobody takes never bring a byte. */
export function listens({ receiver: { sidecar, peer } }: Upstream): boolean {
  return sidecar || peer.program.listens !== false
}

/** @returns closes it */
function openTo({ breaker }: ClusterRuntime, host: PooledHost): () => void {
  breaker.open(host)
  return () => breaker.close(host)
}
