import type { HttpRequest } from '../../ir/message.ts'
import type { ForwardAction } from '../../ir/route.ts'
import type { Subject } from '../replies/format/subject.ts'
import { updateHost } from './host-rewrite.ts'
import type { ChoiceRuntime, RouteRuntime } from './route-runtime.ts'

/**
 * What a route makes of a request that it forwards, in place. Header operations see the request before path and host are rewritten.
 * @param tells what was there before, in Envoy's own headers
 * Source: Envoy `RouteEntryImplBase::finalizeRequestHeaders`.
 */
export function editForwarded(
  request: HttpRequest,
  route: RouteRuntime,
  choice: ChoiceRuntime,
  action: ForwardAction,
  tells: boolean,
  subject: () => Subject,
): void {
  const { headers } = request
  if (choice.requestHeaders) choice.requestHeaders(headers, subject())
  if (route.requestHeaders) route.requestHeaders(headers, subject())
  // Envoy's `WeightedClusterEntry` rewrites first, and keeps no record of what was there.
  request.authority = choice.config.hostRewrite ?? request.authority
  const host = route.host?.(request) ?? ''
  if (host !== '') updateHost(request, host, tells, action.tellsForwardedHost === true)
  if (request.withoutHost && request.authority !== '') delete request.withoutHost
  if (route.rewrite) rewritePath(request, route.rewrite, tells)
}

function rewritePath(request: HttpRequest, rewrite: (target: string) => string, tells: boolean): void {
  const rewritten = rewrite(request.path)
  // Envoy leaves a path alone that a rewrite would empty.
  if (rewritten === '') return
  if (tells) request.headers.set('x-envoy-original-path', request.path)
  request.path = rewritten
}
