import type { Cluster, Endpoint } from '../ir/cluster.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { ClusterRuntime } from './cluster-runtime.ts'
import type { Receiver } from './delivery.ts'
import { splitAuthority } from './dial.ts'
import type { PickContext } from './load-balancer.ts'
import { receiverAt } from './original-destination.ts'
import type { ProxiedRequest } from './proxied-request.ts'
import { listensOn, receiverOf } from './receiver.ts'
import type { Plane } from './plane.ts'
import type { UpstreamHost } from './upstream-host.ts'

/** Where one try goes. */
export interface Destination {
  /** `10.244.0.5:9080` */
  readonly address: string
  readonly port: number
  /** `null`: no connection to it comes about. */
  readonly receiver: Receiver | null
  /** Why not, where it is not for want of anybody who listens: Envoy's transport failure reason. */
  readonly failure?: string
  /** `null` where the client's own destination is kept. */
  readonly host: UpstreamHost | null
  /** Shown under mutual TLS; `null` in plaintext. */
  readonly identity: string | null
}

/** @returns `null` when the cluster has nobody to send to */
export function destinationOf(
  { plane, proxy, entrance, request }: ProxiedRequest,
  cluster: ClusterRuntime,
  context: PickContext,
): Destination | null {
  if (cluster.config.discovery === 'original-dst') {
    const { address, port } = entrance.target
    const receiver = receiverAt(plane, address ?? '', port)
    return {
      address: `${receiver?.address ?? address}:${receiver?.port ?? port}`,
      port: receiver?.port ?? port,
      receiver,
      host: null,
      identity: secures(cluster.config, receiver?.peer.workload?.instance.sidecar ?? false) ? proxy.place.identity : null,
    }
  }
  if (cluster.config.discovery === 'dynamic-dns') return destinationNamed(plane, request)
  const host = cluster.pick(context)
  if (!host) return null
  const { endpoint, address } = host
  const receiver = listenerAt(plane, endpoint)
  if (receiver && cluster.config.tls.mode === 'istio-mutual' && !receiver.peer.workload?.inboundSidecar)
    return { address, port: endpoint.port, receiver: null, failure: mistrusted(cluster.config), host, identity: null }
  return {
    address,
    port: endpoint.port,
    receiver,
    host,
    identity: secures(cluster.config, endpoint.tlsMode === 'istio') ? proxy.place.identity : null,
  }
}

/** The name in Host, looked up for this request. Source: Envoy's dynamic forward proxy. */
function destinationNamed(plane: Plane, { authority, scheme }: HttpRequest): Destination | null {
  const { hostname, port } = splitAuthority(authority, scheme)
  const address = plane.model.registry.resolve(hostname, '')
  if (address === null) return null
  const receiver = receiverAt(plane, address, port)
  return { address: `${address}:${port}`, port: receiver?.port ?? port, receiver, host: null, identity: null }
}

/** `null`: a pod that has ports, of which this is none. */
function listenerAt(plane: Plane, { workload, labels, port }: Endpoint): Receiver | null {
  const receiver = receiverOf(plane, workload, labels)
  const pod = receiver.peer.workload?.instance
  return pod && !listensOn(pod, port) ? null : receiver
}

/**
 * Without a sidecar there is nobody who could show the identity that is asked for. A server that takes TLS by itself shows a certificate for the name that the
 * client asks for, Istio's name of the cluster.
 */
function mistrusted({ name }: Cluster): string {
  const shown = name.replaceAll('|', '_.')
  const cause = `verify_cert_failed:_SAN_matcher,_certificate_SANs_are_[${shown}]`
  return `TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:${cause}:TLS_error_end`
}

/** @param understands the other end has a proxy of the mesh */
function secures({ tls }: Cluster, understands: boolean): boolean {
  return tls.mode === 'istio-mutual' || (tls.mode === 'auto' && understands)
}
