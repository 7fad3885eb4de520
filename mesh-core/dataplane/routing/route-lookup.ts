import type { HttpRequest } from '../../ir/message.ts'
import { pathWithoutQuery } from '../../match/path.ts'
import type { CompiledVirtualHost } from '../../match/route-table.ts'
import type { RouteRuntime } from './route-runtime.ts'
import { asksForTunnel } from '../tcp/tunnel.ts'

/** The first of the host's routes that takes the request. Whose scheme is empty is taken for one that was refused. Source: Envoy `VirtualHostImpl::getRouteFromEntries`. */
export function findRoute(host: CompiledVirtualHost<RouteRuntime> | null, request: HttpRequest): RouteRuntime | null {
  if (!host || asksForTunnel(request) || request.headers.get('x-forwarded-proto') === '') return null
  const index = host.findRoute(request, pathWithoutQuery(request.path))
  return index < 0 ? null : host.routes[index]!
}

/** Is it to come again by TLS, where its host takes nothing else? Of an empty scheme Envoy asks no more. Source: Envoy `VirtualHostImpl::getRouteFromEntries`. */
export function isWithoutTls({ headers }: HttpRequest): boolean {
  const scheme = headers.get('x-forwarded-proto')
  return scheme !== '' && scheme !== 'https'
}
