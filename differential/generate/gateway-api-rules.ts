import type { Draw } from '../draw.ts'
import type { Aim } from './aimed-calls.ts'
import type { Json } from './matches.ts'
import { headerNames, methods, parameters, pathPatterns, paths, values } from './words.ts'

/** Where a rule of a route may lead from its namespace. */
export interface RouteContext {
  readonly namespace: string
  /** In the mesh, where `b` stands for the service that a route is of. */
  readonly mesh: boolean
}

const plainPaths = paths.filter((path) => /^\/[\w/-]*$/.test(path))

/** One rule of an HTTPRoute. */
export function httpRule(draw: Draw, context: RouteContext, index: number): Json {
  const head = {
    ...draw.maybe(0.12, () => ({ name: `rule-${index}` })),
    ...draw.maybe(0.8, () => ({ matches: draw.many(1, 2, () => httpMatch(draw)) })),
  }
  const headers = draw.maybe(0.3, () => ({ filters: [headerModifier(draw), ...draw.perhaps(0.4, () => corsFilter(draw))] }))
  if (draw.chance(0.15)) {
    const prefixes = JSON.stringify(head).includes('"PathPrefix"')
    const matches = prefixes ? { ...head, matches: [{ path: { type: 'PathPrefix', value: draw.one(plainPaths) } }] } : head
    return { ...matches, filters: [redirectFilter(draw, prefixes), ...((headers['filters'] as Json[] | undefined)?.slice(0, 1) ?? [])] }
  }
  const rewrites = draw.chance(0.2) ? rewriteFilter(draw) : null
  const prefixed = rewrites?.prefix ? { ...head, matches: [{ path: { type: 'PathPrefix', value: draw.one(plainPaths) } }] } : head
  const filters = [
    ...((headers['filters'] as Json[] | undefined) ?? []),
    ...(rewrites ? [rewrites.filter] : []),
    ...draw.perhaps(0.1, () => mirrorFilter(draw, context)),
  ]
  return {
    ...prefixed,
    ...(filters.length > 0 && { filters }),
    ...draw.maybe(0.92, () => ({ backendRefs: backends(draw, context, true) })),
    ...draw.maybe(0.15, () => ({
      timeouts: draw.one<Json>([{ request: '5s' }, { request: '5s', backendRequest: '2s' }, { backendRequest: '0s' }, { request: '0s' }]),
    })),
    ...draw.maybe(0.12, () => ({
      retry: {
        ...draw.maybe(0.7, () => ({ attempts: draw.between(1, 3) })),
        ...draw.maybe(0.6, () => ({ codes: draw.one([[503], [500, 503], [418]]) })),
        ...draw.maybe(0.3, () => ({ backoff: '10ms' })),
      },
    })),
  }
}

function httpMatch(draw: Draw): Json {
  return {
    ...draw.maybe(0.7, () => ({ path: pathMatch(draw) })),
    ...draw.maybe(0.3, () => ({ headers: draw.some(headerNames, 1, 2).map((name) => ({ name, ...valueMatch(draw) })) })),
    ...draw.maybe(0.2, () => ({ queryParams: draw.some(parameters, 1, 2).map((name) => ({ name, ...valueMatch(draw) })) })),
    ...draw.maybe(0.15, () => ({ method: draw.one(methods) })),
  }
}

function pathMatch(draw: Draw): Json {
  const type = draw.one(['PathPrefix', 'PathPrefix', 'Exact', 'RegularExpression'])
  if (type === 'RegularExpression') return { type, value: draw.one(pathPatterns) }
  return { ...(type === 'PathPrefix' && draw.chance(0.3) ? {} : { type }), value: draw.one(plainPaths) }
}

function valueMatch(draw: Draw): Json {
  if (draw.chance(0.25)) return { type: 'RegularExpression', value: draw.one(['ja.*', '[a-z]+', '.*', 'v\\d+\\.\\d+']) }
  return { ...draw.maybe(0.5, () => ({ type: 'Exact' })), value: draw.one(values) }
}

function headerModifier(draw: Draw): Json {
  const type = draw.one(['RequestHeaderModifier', 'ResponseHeaderModifier'])
  const values = (): Json[] => draw.some(['x-env', 'x-added', 'x-served-by'], 1, 2).map((name) => ({ name, value: draw.one(['one', 'two', 'a, b']) }))
  const operations = {
    ...draw.maybe(0.6, () => ({ set: values() })),
    ...draw.maybe(0.5, () => ({ add: values().map((one) => ({ ...one, name: `${String(one['name'])}-more` })) })),
    ...draw.maybe(0.4, () => ({ remove: ['end-user', 'x-powered-by'] })),
  }
  const field = type === 'RequestHeaderModifier' ? 'requestHeaderModifier' : 'responseHeaderModifier'
  return { type, [field]: Object.keys(operations).length === 0 ? { set: values() } : operations }
}

function corsFilter(draw: Draw): Json {
  return {
    type: 'CORS',
    cors: {
      allowOrigins: draw.one([['http://shop.example.com'], ['*'], ['https://*.example.com', 'http://shop.example.com']]),
      ...draw.maybe(0.6, () => ({ allowMethods: draw.one([['GET', 'PUT'], ['*']]) })),
      ...draw.maybe(0.4, () => ({ allowHeaders: draw.one([['x-env'], ['*']]) })),
      ...draw.maybe(0.3, () => ({ exposeHeaders: ['x-served-by'] })),
      ...draw.maybe(0.3, () => ({ maxAge: draw.one([1, 3600]) })),
      ...draw.maybe(0.4, () => ({ allowCredentials: draw.chance(0.5) })),
    },
  }
}

function redirectFilter(draw: Draw, prefixes: boolean): Json {
  const path = prefixes
    ? draw.one<Json>([
        { type: 'ReplacePrefixMatch', replacePrefixMatch: draw.one(['/new', '/', '/new/']) },
        { type: 'ReplaceFullPath', replaceFullPath: '/full' },
      ])
    : { type: 'ReplaceFullPath', replaceFullPath: draw.one(['/full', '/full/']) }
  const requestRedirect = {
    ...draw.maybe(0.4, () => ({ scheme: draw.one(['http', 'https']) })),
    ...draw.maybe(0.5, () => ({ hostname: 'new.example.com' })),
    ...draw.maybe(0.5, () => ({ path })),
    ...draw.maybe(0.3, () => ({ port: draw.one([80, 443, 8080]) })),
    ...draw.maybe(0.5, () => ({ statusCode: draw.one([301, 302, 303, 307, 308]) })),
  }
  return { type: 'RequestRedirect', requestRedirect: Object.keys(requestRedirect).length === 0 ? { hostname: 'new.example.com' } : requestRedirect }
}

function rewriteFilter(draw: Draw): { readonly filter: Json; readonly prefix: boolean } {
  const prefix = draw.chance(0.6)
  const path = prefix
    ? { type: 'ReplacePrefixMatch', replacePrefixMatch: draw.one(['/new', '/', '/new/']) }
    : { type: 'ReplaceFullPath', replaceFullPath: draw.one(['/full', '/']) }
  return { prefix, filter: { type: 'URLRewrite', urlRewrite: { path, ...draw.maybe(0.3, () => ({ hostname: 'rewritten.example.com' })) } } }
}

function mirrorFilter(draw: Draw, context: RouteContext): Json {
  const share = draw.one<Json>([{}, {}, { percent: draw.one([0, 100]) }, { fraction: { numerator: draw.one([0, 10]), denominator: 10 } }])
  return { type: 'RequestMirror', requestMirror: { backendRef: backend(draw, context), ...share } }
}

export function backends(draw: Draw, context: RouteContext, http: boolean): Json[] {
  const weights = draw.one([[null], [null], [null], [1], [50, 50], [0, 10], [0], [1, 1, 2]])
  return weights.map((weight) => ({
    ...backend(draw, context),
    ...(weight !== null && { weight }),
    ...draw.maybe(http ? 0.12 : 0, () => ({ filters: [headerModifier(draw)] })),
  }))
}

/** Mostly one that is there. */
function backend(draw: Draw, { namespace, mesh }: RouteContext): Json {
  const away = draw.chance(0.18)
  const name = mesh ? draw.one(['b', 'c', 'c']) : draw.one(['b', 'c', 'nobody', 'b', 'c', 'b'])
  const own = namespace === 'default' ? name : draw.one(['b', 'd'])
  return {
    ...draw.maybe(0.1, () => ({ kind: 'Service', group: '' })),
    name: away ? (namespace === 'default' ? 'd' : 'c') : own,
    ...(away && { namespace: namespace === 'default' ? 'other' : 'default' }),
    port: draw.one([80, 80, 80, 9090, 1234]),
  }
}

/** One rule of a GRPCRoute. */
export function grpcRule(draw: Draw, context: RouteContext): Json {
  const method = (): Json =>
    draw.one<Json>([
      { service: 'shop.Cart', method: 'Add' },
      { service: 'shop.Cart' },
      { method: 'Add' },
      { type: 'RegularExpression', service: 'shop\\..*' },
    ])
  return {
    ...draw.maybe(0.12, () => ({ name: 'grpc-rule' })),
    ...draw.maybe(0.8, () => ({
      matches: [
        { ...draw.maybe(0.8, () => ({ method: method() })), ...draw.maybe(0.3, () => ({ headers: [{ name: 'x-env', ...valueMatch(draw) }] })) },
      ],
    })),
    ...draw.maybe(0.25, () => ({ filters: draw.one([() => [headerModifier(draw)], () => [mirrorFilter(draw, context)]])() })),
    backendRefs: backends(draw, context, true),
  }
}

interface RouteRule {
  readonly matches?: readonly RouteMatch[]
}

interface RouteMatch {
  readonly path?: { readonly type?: string; readonly value: string }
  readonly headers?: readonly NamedMatch[]
  readonly queryParams?: readonly NamedMatch[]
  readonly method?: string | { readonly service?: string; readonly method?: string }
}

interface NamedMatch {
  readonly name: string
  readonly type?: string
  readonly value: string
}

/** What a call that meets a rule looks like, in the words of a VirtualService. */
export function aimsOfRule(rule: Json): Pick<Aim, 'match' | 'rule'>[] {
  const { matches = [{}] } = rule as RouteRule
  const cors = JSON.stringify(rule).includes('"CORS"') ? { corsPolicy: {} } : {}
  return matches.map((match) => ({ match: asMatch(match), rule: cors }))
}

function asMatch({ path, headers = [], queryParams = [], method }: RouteMatch): Json {
  const uri =
    typeof method === 'object'
      ? { exact: `/${method.service?.replace('\\..*', '.Cart') ?? 'shop.Any'}/${method.method ?? 'Any'}` }
      : path && condition(path.type ?? 'PathPrefix', path.value)
  return {
    ...(uri && { uri }),
    ...(headers.length > 0 && { headers: named(headers) }),
    ...(queryParams.length > 0 && { queryParams: named(queryParams) }),
    ...(typeof method === 'string' && { method: { exact: method } }),
  }
}

function named(matches: readonly NamedMatch[]): Json {
  return Object.fromEntries(matches.map(({ name, type = 'Exact', value }) => [name, condition(type, value)]))
}

function condition(type: string, value: string): Json {
  return type === 'RegularExpression' ? { regex: value } : type === 'PathPrefix' ? { prefix: value } : { exact: value }
}
