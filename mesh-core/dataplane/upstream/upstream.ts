import type { Cluster, Endpoint } from '../../ir/cluster.ts'
import type { HttpRequest } from '../../ir/message.ts'
import { addressInMesh } from '../../registry/in-mesh-address.ts'
import { isOutsider } from '../../registry/outsiders.ts'
import { lookUp } from '../../registry/resolver.ts'
import type { NameTable } from '../../registry/resolver.ts'
import type { Registry } from '../../registry/registry.ts'
import type { PooledHost } from './circuit-breaker.ts'
import type { ClusterRuntime } from './cluster-runtime.ts'
import type { Receiver } from '../shipment.ts'
import { splitAuthority } from '../dial.ts'
import type { PickContext } from '../balancing/balancer.ts'
import { keptLandingAt } from './original-destination.ts'
import type { ProxiedRequest } from '../proxied-request.ts'
import { isLocalhost, isOfLoopback, noSuchName, refusalOfName } from './resolvable-name.ts'
import { answersAt, receiverOf, takesConnections } from '../receiver.ts'
import type { Plane } from '../plane.ts'
import type { ProxyRuntime } from '../proxy-runtime.ts'
import type { TlsLayer } from '../tls/tls-handshake.ts'
import type { UpstreamHost } from '../balancing/upstream-host.ts'
import { layersTo } from './upstream-tls.ts'

/** Where one try goes. */
export interface Destination {
  /** `10.244.0.5:9080` */
  readonly address: string
  readonly port: number
  /** `null`: no connection to it comes about. */
  readonly receiver: Receiver | null
  /** `null` where the client's own destination is kept. */
  readonly host: UpstreamHost | null
  /** Whose connections and requests its are among. */
  readonly pooled: PooledHost
  /** What the proxy wraps it in. */
  readonly tls: readonly TlsLayer[]
  /** Leaves the connection to others: for where its own destination is kept. */
  readonly keep?: () => void
}

/** @returns `null` when the cluster has nobody to send to */
export function destinationOf(
  { plane, proxy, entrance, request }: ProxiedRequest,
  cluster: ClusterRuntime,
  context: PickContext,
): Destination | null {
  const { config } = cluster
  const secured = (endpoint: Endpoint | null) => layersTo(plane, proxy, config, endpoint, request)
  if (config.discovery === 'original-dst') {
    // Nothing was redirected to a gateway: it was dialled itself. Source: Envoy `OriginalDstCluster::LoadBalancer::chooseHost`.
    if (entrance.listener.bindsToPort || proxy.edge) return null
    const { address, port } = entrance.target
    const { landing, keep } = keptLandingAt(plane, address ?? '', config.portOverride ?? port, cluster)
    const landed = { address: landing?.address ?? address, port: landing?.port ?? config.portOverride ?? port }
    const pooled = cluster.dialled(`${address}:${config.portOverride ?? port}`)
    return { address: `${landed.address}:${landed.port}`, port: landed.port, receiver: landing, host: null, pooled, tls: secured(null), keep }
  }
  if (config.discovery === 'dynamic-dns') return destinationNamed(plane, proxy, request, cluster, secured(null))
  const host = cluster.pick(context)
  if (!host) return null
  const { endpoint, address } = host
  const within = leadsInto(plane, endpoint)
  if (within !== null) {
    const { landing, keep } = keptLandingAt(plane, within, endpoint.port, cluster)
    return { address, port: landing?.port ?? endpoint.port, receiver: landing, host, pooled: host, tls: secured(endpoint), keep }
  }
  const receiver = listenerAt(plane, endpoint)
  return { address, port: endpoint.port, receiver, host, pooled: host, tls: secured(endpoint) }
}

/**
 * Why the name in Host leads nowhere, in the words of Envoy's resolver; `null`: it does. It is looked up before the router sees the request.
 * Source: Envoy `proxy_filter.cc` onDnsResolutionFail.
 */
export function whyUnresolved({ plane, proxy, request }: ProxiedRequest, cluster: ClusterRuntime): string | null {
  if (cluster.config.discovery !== 'dynamic-dns') return null
  const { hostname } = splitAuthority(request.authority, 'http')
  return refusalOfName(hostname) ?? (addressNamed(plane, proxy, hostname, cluster) === null ? noSuchName : null)
}

/**
 * The name in Host, looked up for this request. The port that it leaves out is that of what is spoken there. Source: Envoy's dynamic forward proxy,
 * `proxy_filter.cc` decodeHeaders.
 */
function destinationNamed(
  plane: Plane,
  proxy: ProxyRuntime,
  { authority }: HttpRequest,
  cluster: ClusterRuntime,
  tls: readonly TlsLayer[],
): Destination | null {
  const { hostname, port: named } = splitAuthority(authority, tls.length > 0 ? 'https' : 'http')
  const port = cluster.config.portOverride ?? named
  const address = addressNamed(plane, proxy, hostname, cluster)
  if (address === null) return null
  if (isOfLoopback(address)) return withinPod(plane, proxy, address, port, cluster, tls)
  const { landing, keep } = keptLandingAt(plane, address, port, cluster)
  const pooled = cluster.dialled(`${address}:${port}`)
  return { address: `${address}:${port}`, port: landing?.port ?? port, receiver: landing, host: null, pooled, tls, keep }
}

/** What a sidecar sends to the loopback comes to the application past it. Source: istio-iptables, the output of the proxy over `lo`. */
function withinPod(
  plane: Plane,
  { place, edge }: ProxyRuntime,
  address: string,
  port: number,
  cluster: ClusterRuntime,
  tls: readonly TlsLayer[],
): Destination {
  const pod = edge ? undefined : plane.model.registry.workload(place.ref)
  const isAnswered = pod !== undefined && answersAt(plane, pod, { at: 'loopback', port })
  const receiver = isAnswered ? { ...receiverOf(plane, place.ref, pod.labels), sidecar: false } : null
  return { address: `${address}:${port}`, port, receiver, host: null, pooled: cluster.dialled(`${address}:${port}`), tls }
}

/** What is looked up, and for whom. */
export interface NamedHost {
  readonly hostname: string
  readonly cluster: Pick<Cluster, 'destination'>
  readonly namespace: string
  /** What the agent of the proxy's pod answers for. */
  readonly dns: NameTable | null
}

/**
 * `null`: DNS knows no such name. The agent's resolver is asked for names of hosts that nobody knows, where there is one; hosts of DYNAMIC_DNS are the system's.
 * Source: Istio `core/networkfilter.go` buildAllowAnyDynamicDNSDNSCacheConfig.
 */
function addressForHost(registry: Registry, { hostname, cluster, namespace, dns }: NamedHost): string | null {
  return lookUp(registry, cluster.destination === null ? dns : null, hostname, namespace)[0] ?? null
}

function addressNamed({ model }: Plane, { place, config }: ProxyRuntime, hostname: string, cluster: ClusterRuntime): string | null {
  if (isLocalhost(hostname)) return '127.0.0.1'
  return addressForHost(model.registry, { hostname, cluster: cluster.config, namespace: place.ref.namespace, dns: config.dns ?? null })
}

/** The address of the mesh's network that an endpoint stands for which is written down and is no pod itself; `null` for all others. */
export function leadsInto({ model: { registry } }: Plane, { workload, address, port }: Endpoint): string | null {
  if (port === 0) return null
  const known = registry.workload(workload)
  return known && !isOutsider(known) ? null : addressInMesh(registry, address)
}

/** `null`: a pod in which nobody listens there, or an endpoint without a port. */
export function listenerAt(plane: Plane, { workload, labels, port }: Endpoint): Receiver | null {
  if (port === 0) return null
  const receiver = receiverOf(plane, workload, labels)
  const pod = receiver.peer.workload?.instance
  return pod && !takesConnections(plane, pod, port) ? null : receiver
}
