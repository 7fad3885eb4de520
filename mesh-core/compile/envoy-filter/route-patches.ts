import type { PatchMatch } from '../../config/envoy-filter-patches.ts'
import { message, text, texts } from '../../envoy/fields.ts'
import { isNone, readHeaderMutations } from '../../envoy/header-mutations.ts'
import type { Origin } from '../../ir/origin.ts'
import type { HeaderMutations, Refusal, Route, RouteTable, VirtualHost } from '../../ir/route.ts'
import { valueRefusal } from '../rules/format-refusal.ts'
import { madeRoute, mergeAction } from './action-patches.ts'
import type { EnvoyPatch } from './envoy-filters.ts'
import { withCors, withCorsOfLevel } from './cors-patches.ts'
import { matchRefusal, mergeMatch } from './match-patches.ts'
import { toldByAll, toldFilters, withFaultOfLevel, withFilters, type ToldFilters } from './route-filter-patches.ts'
import { withRetriesOfHost } from './retry-patches.ts'

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
  const added = ofHosts.filter(({ operation }) => operation === 'ADD').map(addedHost)
  const ofTable = ofKind(forTable, 'ROUTE_CONFIGURATION')
  const headers = headersOf(ofTable)
  const told = toldByAll(ofTable)
  const { refusal, ...limit } = beside(told)
  const virtualHosts = [...merged, ...added].map((host) => ({ ...host, routes: withFaultOfLevel(withCorsOfLevel(host.routes, ofTable), told) }))
  const problem = refusal ?? headersRefusal(headers) ?? (ofHosts.some(tellsDomains) ? domainsRefusal(virtualHosts) : null)
  return {
    ...table,
    ...limit,
    ...(!isNone(headers) && { headers }),
    ...(ofTable.some(saysMostSpecificWins) && { mostSpecificHeadersWin: true as const }),
    virtualHosts: virtualHosts.map((host) => refused(host, problem)),
  }
}

/** `false` says nothing. */
export function saysMostSpecificWins({ value }: EnvoyPatch): boolean {
  return message(value, 'value')['most_specific_header_mutations_wins'] === true
}

function tellsDomains({ operation, value }: EnvoyPatch): boolean {
  return operation !== 'REMOVE' && texts(message(value, 'value')['domains']).length > 0
}

/** Source: Envoy `RouteMatcher`. */
function domainsRefusal(hosts: readonly VirtualHost[]): Refusal | null {
  const all = hosts.flatMap(({ domains }) => domains)
  const twice = new Set(all).size === all.length ? undefined : all.find((domain, i) => all.indexOf(domain) < i)
  return twice === undefined ? null : { reason: `two virtual hosts have the domain ${twice}`, spoils: 'table' }
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
  const merging = ofKind(patches, 'VIRTUAL_HOST').filter((patch) => patch.operation === 'MERGE' && isForHost(patch, host))
  const whole = merging.reduce(withFurther, host)
  const ofRoutes = ofKind(patches, 'HTTP_ROUTE').filter((patch) => isForHost(patch, whole))
  const patched = ofRoutes.reduce(insertRoute, patchRoutes(whole.routes, ofRoutes))
  const told = toldByAll(merging)
  const routes = withFaultOfLevel(withCorsOfLevel(withRetriesOfHost(patched, merging), merging), told)
  const { refusal, ...limit } = beside(told)
  return refused(
    withHeaders({ ...whole, ...limit, ...countsOf(merging), routes, requireTls: tlsAfter(host.requireTls, merging) }, headersOf(merging)),
    refusal,
  )
}

/** Its routes and domains stand behind those that there are. */
function withFurther(host: VirtualHost, patch: EnvoyPatch): VirtualHost {
  const { routes, domains } = hostOf(patch)
  return { ...host, domains: [...host.domains, ...domains], routes: [...host.routes, ...routes] }
}

/** What stands at a host or a table itself. */
function beside({ filters, rateLimit, refusal }: ToldFilters): Omit<ToldFilters, 'fault'> {
  return { ...(filters && { filters }), ...(rateLimit && { rateLimit }), refusal }
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
  return [...routes.slice(0, at), addedRoute(patch.value, patch.origin), ...routes.slice(at)]
}

function addedRoute(value: unknown, origin: Origin): Route {
  const fields = message(value, 'value')
  const { route, refusal } = madeRoute(fields, origin)
  return withCors(withFilters({ ...route, refusal: matchRefusal(fields['match']) ?? refusal }, toldFilters(fields, origin)), fields)
}

/** What is set goes before what was there, and headers are added to those that were. */
function mergeRoute(route: Route, { value, origin }: EnvoyPatch): Route {
  const fields = message(value, 'value')
  const own = readHeaderMutations(fields, 'value')
  const headers = appended({ request: route.requestHeaders, response: route.responseHeaders }, own)
  const named = text(fields['name']) ?? route.name
  const before = withCors(withFilters(route, toldFilters(fields, origin)), fields)
  const edited = {
    ...before,
    name: named,
    ...(fields['match'] !== undefined && { match: mergeMatch(route.match, route.matchOrigin !== null, fields['match'], origin) }),
    requestHeaders: headers.request,
    responseHeaders: headers.response,
    refusal: before.refusal ?? headersRefusal(own) ?? matchRefusal(fields['match']),
  }
  const { action, refusal } = mergeAction(route.action, fields, origin)
  return { ...edited, action, refusal: edited.refusal ?? refusal }
}

function hostOf({ value, origin }: EnvoyPatch): VirtualHost {
  const fields = message(value, 'value')
  const routes = (Array.isArray(fields['routes']) ? fields['routes'] : []).map((route) => addedRoute(route, origin))
  return { name: text(fields['name']) ?? '', domains: texts(fields['domains']).map((name) => name.toLowerCase()), routes, requireTls: false }
}

/** One of its own. */
function addedHost(patch: EnvoyPatch): VirtualHost {
  const host = hostOf(patch)
  const told = toldByAll([patch])
  const routes = withFaultOfLevel(withCorsOfLevel(withRetriesOfHost(host.routes, [patch]), [patch]), told)
  const { refusal, ...limit } = beside(told)
  return refused(
    withHeaders({ ...host, ...limit, countsAttempts: false, ...countsOf([patch]), routes, requireTls: tlsAfter(false, [patch]) }, headersOf([patch])),
    refusal,
  )
}

/** `false` says nothing. */
function countsOf(patches: readonly EnvoyPatch[]): Pick<VirtualHost, 'countsAttempts' | 'tellsAttempts'> {
  const isTold = (name: string): boolean => patches.some(({ value }) => message(value, 'value')[name] === true)
  return {
    ...(isTold('include_request_attempt_count') && { countsAttempts: true }),
    ...(isTold('include_attempt_count_in_response') && { tellsAttempts: true as const }),
  }
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

function withHeaders(host: VirtualHost, headers: HeaderMutations): VirtualHost {
  return isNone(headers) ? host : refused({ ...host, headers }, headersRefusal(headers))
}
