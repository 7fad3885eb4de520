import type { HttpMatch, IstioStringMatch } from '../rules/virtual-service-types.ts'
import type { GrpcRouteMatch, HttpRouteMatch, ValueMatch } from './types.ts'

/** A match without a path is one for the prefix `/`, as the API server's defaults have it. */
export function httpMatch(match: HttpRouteMatch): HttpMatch {
  return {
    uri: pathMatch(match.path ?? {}),
    ...(match.headers && { headers: valueMatches(match.headers) }),
    ...(match.queryParams && { queryParams: valueMatches(match.queryParams) }),
    ...(match.method && { method: { exact: match.method } }),
  } as HttpMatch
}

/** Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` createURIMatch. */
function pathMatch({ type = 'PathPrefix', value = '/' }: NonNullable<HttpRouteMatch['path']>): IstioStringMatch {
  if (type === 'Exact') return { exact: value }
  if (type === 'RegularExpression') return { regex: value }
  return { prefix: value === '/' ? value : value.replace(/\/$/, '') }
}

/** Of names that occur more than once the last counts. Source: the same file, createHeadersMatch. */
function valueMatches(matches: readonly ValueMatch[]): Record<string, IstioStringMatch> {
  return Object.fromEntries(matches.map(({ name, type, value }) => [name, type === 'RegularExpression' ? { regex: value } : { exact: value }]))
}

export function grpcMatch(match: GrpcRouteMatch): HttpMatch {
  return {
    ...(match.method && { uri: methodMatch(match.method) }),
    ...(match.headers && { headers: valueMatches(match.headers) }),
  } as HttpMatch
}

/** A call is a path of service and method. Source: the same file, createGRPCURIMatch. */
function methodMatch({ type, service, method }: NonNullable<GrpcRouteMatch['method']>): IstioStringMatch {
  const regex = type === 'RegularExpression'
  if (service !== undefined && method !== undefined) return regex ? { regex: `/${service}/${method}` } : { exact: `/${service}/${method}` }
  if (method !== undefined) return { regex: `/[^/]+/${method}` }
  return regex ? { regex: `/${service}/.+` } : { prefix: `/${service}/` }
}
