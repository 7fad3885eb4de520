import type { Draw } from '../draw.ts'
import type { Json } from './matches.ts'

export const appendActions = ['APPEND_IF_EXISTS_OR_ADD', 'OVERWRITE_IF_EXISTS_OR_ADD', 'ADD_IF_ABSENT', 'OVERWRITE_IF_EXISTS']
export const contexts = ['SIDECAR_OUTBOUND', 'SIDECAR_OUTBOUND', 'GATEWAY']

export function headers(draw: Draw, id: string): Json {
  const option = (name: string): Json => ({
    header: { key: name, value: draw.one([id, id, `%REQ(x-patched)%${id}`, `[%REQ(x-user)%]`, '%REQ(x-none)%']) },
    ...draw.maybe(0.5, () => ({ append_action: draw.one(appendActions) })),
    ...draw.maybe(0.1, () => ({ keep_empty_value: true })),
  })
  return {
    ...draw.maybe(0.7, () => ({ request_headers_to_add: draw.some(['x-patched', 'x-user', 'end-user'], 1, 2).map(option) })),
    ...draw.maybe(0.3, () => ({ requestHeadersToRemove: [draw.one(['x-user', 'x-patched', 'end-user'])] })),
    ...draw.maybe(0.4, () => ({ response_headers_to_add: [option(draw.one(['x-answer', 'x-patched']))] })),
    ...draw.maybe(0.2, () => ({ response_headers_to_remove: ['x-answer'] })),
  }
}

export const hostNames = ['b.default.svc.cluster.local', 'c.default.svc.cluster.local', 'shop.example.com', 'allow_any']

/** One field or two of where a patch is to act. */
function table(draw: Draw, hosts: boolean, routes: boolean): Json {
  const vhost = {
    ...draw.maybe(0.5, () => ({ name: `${draw.one(hostNames)}:80` })),
    ...draw.maybe(0.3, () => ({ domainName: draw.one(hostNames) })),
    ...(routes &&
      draw.maybe(0.4, () => ({ route: draw.one<Json>([{ name: 'route-0' }, { action: 'ROUTE' }, { action: 'REDIRECT' }, { name: 'default' }]) }))),
  }
  return {
    ...draw.maybe(0.3, () => ({ portNumber: draw.one([80, 80, 9090, 8080]) })),
    ...draw.maybe(0.15, () => ({ name: draw.one(['80', 'http.8080']) })),
    ...(hosts && Object.keys(vhost).length > 0 && draw.maybe(0.7, () => ({ vhost }))),
  }
}

export function match(draw: Draw, context: string, rest: Json): Json {
  return { match: { context, ...draw.maybe(0.05, () => ({ proxy: { proxyVersion: '^1\\.16.*' } })), ...rest } }
}

export function matchOfRoutes(draw: Draw, context: string, hosts: boolean, routes: boolean): Json {
  const routeConfiguration = table(draw, hosts, routes)
  return match(draw, context, Object.keys(routeConfiguration).length > 0 && draw.chance(0.7) ? { routeConfiguration } : {})
}
