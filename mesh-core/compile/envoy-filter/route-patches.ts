import type { PatchMatch } from '../../config/envoy-filter-patches.ts'
import { message, text, texts } from '../../envoy/fields.ts'
import { inTurn, readHeaderMutations, type HeaderMutations } from '../../envoy/header-mutations.ts'
import { readRoute } from '../../envoy/route-configuration.ts'
import type { Origin } from '../../ir/origin.ts'
import type { Refusal, Route, RouteTable, VirtualHost } from '../../ir/route.ts'
import { valueRefusal } from '../format-refusal.ts'
import type { EnvoyPatch } from './envoy-filters.ts'
import { mergeForward } from './forward-patches.ts'
import { matchRefusal, mergeMatch } from './match-patches.ts'
import { limitOfRoute } from './rate-limit-patches.ts'

/** How the table of routes of a proxy is called to be found: see `sidecarTable`, `gatewayTable`. */
export interface TableName {
  readonly name: string
  readonly portName: string
  readonly gateway: string
  readonly hasPort: (number: number) => boolean
}

/** Source: Istio `core/envoyfilter/rc_patch.go` getListenerPortFromName. */
export function sidecarTable(name: string): TableName {
  const port = /^\d+$/.test(name) ? Number(name) : 0
  return { name, portName: '', gateway: '', hasPort: (number) => number === port }
}

/**
 * `http.8080`, `https.443.https.gw.default`.
 * @param serverPorts of the gateway's Service that lead to a port of the pod
 * Source: the same file, anyPortMatches; Istio `pilot/pkg/model/gateway.go` ParseGatewayRDSRouteName.
 */
export function gatewayTable(name: string, serverPorts: (podPort: number) => readonly number[]): TableName {
  const [, port = '0', portName = '', gateway, namespace] = name.split('.')
  const mapped = serverPorts(Number(port))
  return {
    name,
    portName,
    gateway: gateway === undefined ? '' : `${namespace}/${gateway}`,
    hasPort: (number) => (mapped.length > 0 ? mapped.includes(number) : number === Number(port)),
  }
}

/**
 * A table with the patches that are for it: what is merged goes first, then what is added, virtual hosts before their routes.
 * Source: the same file, ApplyRouteConfigurationPatches.
 */
export function patchTable(table: RouteTable, patches: readonly EnvoyPatch[], name: TableName): RouteTable {
  const forTable = patches.filter(({ match }) => isForTable(match, name))
  const ofHosts = ofKind(forTable, 'VIRTUAL_HOST')
  if (forTable.length === 0) return table
  const kept = table.virtualHosts.filter((host) => !ofHosts.some((patch) => patch.operation === 'REMOVE' && isForHost(patch, host)))
  const merged = kept.map((host) => patchHost(host, forTable))
  const added = ofHosts.filter(({ operation }) => operation === 'ADD').map(hostOf)
  const ofTable = ofKind(forTable, 'ROUTE_CONFIGURATION')
  const outer = headersOf(ofTable)
  const { refusal, ...limit } = lastLimit(ofTable)
  return { ...table, ...limit, virtualHosts: [...merged, ...added].map((host) => refused(withHeaders(host, outer), refusal)) }
}

export function ofKind(patches: readonly EnvoyPatch[], applyTo: string): readonly EnvoyPatch[] {
  return patches.filter((patch) => patch.applyTo === applyTo)
}

export function isForTable({ routeConfiguration }: PatchMatch, known: TableName): boolean {
  const { name = '', portName = '', gateway = '', portNumber = 0 } = routeConfiguration ?? {}
  const fits = (asked: string, own: string): boolean => asked === '' || asked === own
  return fits(name, known.name) && fits(portName, known.portName) && fits(gateway, known.gateway) && (portNumber === 0 || known.hasPort(portNumber))
}

export function isForHost({ match }: EnvoyPatch, host: Pick<VirtualHost, 'name' | 'domains'>): boolean {
  const { name = '', domainName = '' } = match.routeConfiguration?.vhost ?? {}
  return (name === '' || name === host.name) && (domainName === '' || host.domains.includes(domainName))
}

const actions: Readonly<Record<Route['action']['kind'], string>> = {
  forward: 'ROUTE',
  redirect: 'REDIRECT',
  'direct-response': 'DIRECT_RESPONSE',
}

export function isForRoute({ match }: EnvoyPatch, route: Pick<Route, 'name' | 'action'>): boolean {
  const { name = '', action = 'ANY' } = match.routeConfiguration?.vhost?.route ?? {}
  return (name === '' || name === route.name) && (action === 'ANY' || action === actions[route.action.kind])
}

function patchHost(host: VirtualHost, patches: readonly EnvoyPatch[]): VirtualHost {
  const own = patches.filter((patch) => isForHost(patch, host))
  const ofRoutes = ofKind(own, 'HTTP_ROUTE')
  const routes = ofRoutes.reduce(insertRoute, patchRoutes(host.routes, ofRoutes))
  const merging = ofKind(own, 'VIRTUAL_HOST').filter(({ operation }) => operation === 'MERGE')
  const { refusal, ...limit } = lastLimit(merging)
  return refused(withHeaders({ ...host, ...limit, routes, requireTls: tlsAfter(host.requireTls, merging) }, headersOf(merging)), refusal)
}

/** What is merged later takes the place of what was before. */
export function lastLimit(patches: readonly EnvoyPatch[]): ReturnType<typeof limitOfRoute> {
  const all = patches.map(({ value }) => limitOfRoute(message(value, 'value')))
  return all.findLast(({ rateLimit }) => rateLimit !== undefined) ?? { refusal: null }
}

function refused(host: VirtualHost, refusal: Refusal | null): VirtualHost {
  return refusal === null ? host : { ...host, routes: host.routes.map((route) => ({ ...route, refusal: route.refusal ?? refusal })) }
}

/**
 * NONE is the 0 of its enumeration: merged, it says nothing. Nobody counts as internal, so that EXTERNAL_ONLY is for everybody.
 * Source: Envoy `VirtualHost.TlsRequirementType`, `internal_address_config`.
 */
export function tlsAfter(before: boolean, patches: readonly EnvoyPatch[]): boolean {
  return before || patches.some(({ value }) => ['ALL', 'EXTERNAL_ONLY'].includes(String(message(value, 'value')['require_tls'])))
}

function patchRoutes(routes: readonly Route[], patches: readonly EnvoyPatch[]): readonly Route[] {
  return routes.flatMap((route) => {
    const own = patches.filter((patch) => isForRoute(patch, route))
    if (own.some(({ operation }) => operation === 'REMOVE')) return []
    return [own.filter(({ operation }) => operation === 'MERGE').reduce(mergeRoute, route)]
  })
}

/** Of a patch that names a route the first such route gives the place; one that is nowhere is no place. Source: the same file, patchHTTPRoutes. */
function insertRoute(routes: readonly Route[], patch: EnvoyPatch): readonly Route[] {
  const { operation } = patch
  if (!['ADD', 'INSERT_FIRST', 'INSERT_BEFORE', 'INSERT_AFTER'].includes(operation)) return routes
  const isNamed = patch.match.routeConfiguration?.vhost?.route !== undefined
  const found = isNamed ? routes.findIndex((route) => isForRoute(patch, route)) : 0
  if (operation !== 'ADD' && found < 0) return routes
  const atEnd = operation === 'ADD' || (operation === 'INSERT_AFTER' && !isNamed)
  const at = atEnd ? routes.length : operation === 'INSERT_FIRST' ? 0 : operation === 'INSERT_AFTER' ? found + 1 : found
  return [...routes.slice(0, at), madeRoute(patch.value, patch.origin), ...routes.slice(at)]
}

function madeRoute(value: unknown, origin: Origin): Route {
  return { ...readRoute(value, origin), refusal: matchRefusal(message(value, 'value')['match']) }
}

/** What is set goes before what was there, and headers are added to those that were. */
function mergeRoute(route: Route, { value, origin }: EnvoyPatch): Route {
  const fields = message(value, 'value')
  const own = readHeaderMutations(fields, 'value')
  const headers = appended({ request: route.requestHeaders, response: route.responseHeaders }, own)
  const named = text(fields['name']) ?? route.name
  const { refusal: limitRefusal, ...limit } = limitOfRoute(fields)
  const edited = {
    ...route,
    ...limit,
    name: named,
    ...(fields['match'] !== undefined && { match: mergeMatch(route.match, route.matchOrigin !== null, fields['match'], origin) }),
    requestHeaders: headers.request,
    responseHeaders: headers.response,
    refusal: route.refusal ?? headersRefusal(own) ?? limitRefusal ?? matchRefusal(fields['match']),
  }
  if (fields['route'] === undefined) return edited
  // The action is replaced by one that leads nowhere.
  if (route.action.kind !== 'forward') return { ...edited, refusal: { reason: 'a route that forwards needs a cluster', spoils: 'message' } }
  const merged = mergeForward(route.action, message(fields['route'], 'value.route'), origin)
  return { ...edited, action: merged.action, refusal: edited.refusal ?? merged.refusal }
}

function hostOf(patch: EnvoyPatch): VirtualHost {
  const { value, origin } = patch
  const fields = message(value, 'value')
  const routes = (Array.isArray(fields['routes']) ? fields['routes'] : []).map((route) => madeRoute(route, origin))
  const host = { name: text(fields['name']) ?? '', domains: texts(fields['domains']).map((name) => name.toLowerCase()), routes }
  return withHeaders({ ...host, requireTls: tlsAfter(false, [patch]) }, readHeaderMutations(fields, 'value'))
}

/** Lists are put together, as if they had stood in one place. */
function appended(a: HeaderMutations, b: HeaderMutations): HeaderMutations {
  const join = (kind: keyof HeaderMutations): HeaderMutations['request'] => ({
    set: [...a[kind].set, ...b[kind].set],
    remove: [...a[kind].remove, ...b[kind].remove],
  })
  return { request: join('request'), response: join('response') }
}

const none: HeaderMutations = { request: { set: [], remove: [] }, response: { set: [], remove: [] } }

export function headersOf(patches: readonly EnvoyPatch[]): HeaderMutations {
  return patches.map(({ value }) => readHeaderMutations(message(value, 'value'), 'value')).reduce(appended, none)
}

function headersRefusal({ request, response }: HeaderMutations): Refusal | null {
  const reason = [...request.set, ...response.set].reduce<string | null>((found, { value }) => found ?? valueRefusal(value), null)
  return reason === null ? null : { reason, spoils: 'table' }
}

export function isNone({ request, response }: HeaderMutations): boolean {
  return [request.set, request.remove, response.set, response.remove].every((list) => list.length === 0)
}

/** Headers of a host, or of the whole table, go after those of its routes. */
function withHeaders<T extends Pick<VirtualHost, 'routes'>>(host: T, outer: HeaderMutations): T {
  if (isNone(outer)) return host
  const refusal = headersRefusal(outer)
  const routes = host.routes.map((route) => {
    const { request, response } = inTurn({ request: route.requestHeaders, response: route.responseHeaders }, outer)
    return { ...route, requestHeaders: request, responseHeaders: response, refusal: route.refusal ?? refusal }
  })
  return { ...host, routes }
}
