import type { HttpRequest } from '../ir/message.ts'
import type { ForwardAction } from '../ir/route.ts'
import type { Subject } from './format/subject.ts'
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
  if (action.hostRewrite !== null) {
    if (tells && !request.withoutHost) headers.set('x-envoy-original-host', request.authority)
    if (action.tellsForwardedHost) tellForwardedHost(headers, request.authority)
    request.authority = action.hostRewrite
  }
  if (request.withoutHost && request.authority !== '') delete request.withoutHost
  if (route.rewrite) rewritePath(request, route.rewrite, tells)
}

function tellForwardedHost(headers: HttpRequest['headers'], host: string): void {
  const before = headers.get('x-forwarded-host')
  headers.set('x-forwarded-host', before === undefined ? host : `${before},${host}`)
}

function rewritePath(request: HttpRequest, rewrite: (target: string) => string, tells: boolean): void {
  const rewritten = rewrite(request.path)
  // Envoy leaves a path alone that a rewrite would empty.
  if (rewritten === '') return
  if (tells) request.headers.set('x-envoy-original-path', request.path)
  request.path = rewritten
}
