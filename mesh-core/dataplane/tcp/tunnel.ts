import { Headers } from '../../ir/message.ts'
import type { HttpRequest } from '../../ir/message.ts'
import type { UpstreamHttp } from '../../ir/cluster.ts'
import type { Tunnel } from '../../ir/proxy-config.ts'
import type { Delivery } from '../delivery.ts'
import type { TlsLayer } from '../tls/tls-handshake.ts'
import { speak } from '../upstream/upstream-http.ts'

/** What is to go through a tunnel once it is open. */
export interface Carried {
  readonly request: HttpRequest
  /** TLS around it, the outermost first. */
  readonly layers: readonly TlsLayer[]
  /** The tunnel is opened, and closed again before anything goes through it. */
  readonly isSilent: boolean
  /** @param delivery of what goes through it */
  readonly opened: (delivery: Delivery) => void
}

/** What a TCP proxy asks for a tunnel by. Source: Envoy `tcp_proxy/upstream.cc` HttpUpstream, `tcp_proxy.cc` TunnelingConfigHelperImpl. */
export function requestFor({ method, target }: Tunnel, http: UpstreamHttp): HttpRequest {
  const path = method === 'CONNECT' ? target : '/'
  const request: HttpRequest = { method, scheme: 'http', authority: target, path, headers: new Headers(), body: '' }
  // What comes is no HTTP whose version could be kept. Source: Envoy `GenericConnPoolFactory::createGenericConnPool`.
  speak(request, http === 'client' ? 'http2' : http)
  return request
}

/** Anything else is none that a tunnel begins with. Source: Envoy `HttpUpstream::isValidResponse`. */
export function opensTunnel({ protocol }: HttpRequest, status: number): boolean {
  return protocol === 'h2' ? status === 200 : status >= 200 && status < 300
}

/** Its body is as long as the client goes on, and services here answer whole requests alone. */
export function isWithoutEnd({ method }: HttpRequest): boolean {
  return method !== 'CONNECT'
}

/** HTTP/1.1 has no path for it, so that no route of a proxy takes it. Source: Envoy `VirtualHostImpl::getRouteFromRoutes`, `supportsPathlessHeaders`. */
export function asksForTunnel({ method }: HttpRequest): boolean {
  return method === 'CONNECT'
}
