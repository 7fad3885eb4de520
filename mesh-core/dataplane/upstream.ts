import type { Endpoint } from '../ir/cluster.ts'
import type { HttpRequest } from '../ir/message.ts'
import { addressInMesh } from '../registry/in-mesh-address.ts'
import { isOutsider } from '../registry/outsiders.ts'
import type { PooledHost } from './circuit-breaker.ts'
import type { ClusterRuntime } from './cluster-runtime.ts'
import type { Receiver } from './shipment.ts'
import { splitAuthority } from './dial.ts'
import type { PickContext } from './balancer.ts'
import { keptLandingAt } from './original-destination.ts'
import type { ProxiedRequest } from './proxied-request.ts'
import { receiverOf, takesConnections } from './receiver.ts'
import type { Plane } from './plane.ts'
import type { TlsLayer } from './tls-handshake.ts'
import type { UpstreamHost } from './upstream-host.ts'
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
  if (config.discovery === 'dynamic-dns') return destinationNamed(plane, request, cluster, secured(null))
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

/** The name in Host, looked up for this request. Source: Envoy's dynamic forward proxy. */
function destinationNamed(plane: Plane, { authority, scheme }: HttpRequest, cluster: ClusterRuntime, tls: readonly TlsLayer[]): Destination | null {
  const { hostname, port: named } = splitAuthority(authority, scheme)
  const port = cluster.config.portOverride ?? named
  const address = plane.model.registry.resolve(hostname, '')
  if (address === null) return null
  const { landing, keep } = keptLandingAt(plane, address, port, cluster)
  const pooled = cluster.dialled(`${address}:${port}`)
  return { address: `${address}:${port}`, port: landing?.port ?? port, receiver: landing, host: null, pooled, tls, keep }
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
