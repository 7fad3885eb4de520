import type { HeaderOperations, HttpCors, HttpRedirect, HttpRule } from '../rules/virtual-service-types.ts'
import { backendOf } from './backends.ts'
import { type Problem, unsupportedValue } from './conditions.ts'
import type { Referrer } from './grants.ts'
import type { Surroundings } from './surroundings.ts'
import type { CorsFilter, HeaderFilter, MirrorFilter, NamedValue, RedirectFilter, RewriteFilter, RouteFilter } from './types.ts'

type Operations = NonNullable<HeaderOperations['request']>

/** Where filters stand. */
export interface FilterContext {
  readonly from: Referrer
  readonly enforcesGrants: boolean
  readonly surroundings: Surroundings
}

export interface TranslatedFilters {
  readonly spec: Partial<HttpRule>
  /** Of mirrors that lead nowhere: they are left out. */
  readonly problems: readonly Problem[]
  /** A filter that nobody knows. */
  readonly unknown: Problem | null
}

/** Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` convertHTTPRoute. */
export function translateFilters(filters: readonly RouteFilter[], context: FilterContext): TranslatedFilters {
  const spec: { -readonly [Field in keyof HttpRule]?: HttpRule[Field] } = {}
  const problems: Problem[] = []
  for (const filter of filters) {
    switch (filter.type) {
      case 'RequestHeaderModifier':
        spec.headers = { ...spec.headers, request: headerOperations(filter.requestHeaderModifier ?? {}) }
        break
      case 'ResponseHeaderModifier':
        spec.headers = { ...spec.headers, response: headerOperations(filter.responseHeaderModifier ?? {}) }
        break
      case 'RequestRedirect':
        spec.redirect = redirectOf(filter.requestRedirect ?? {})
        break
      case 'URLRewrite':
        Object.assign(spec, rewriteOf(filter.urlRewrite ?? {}))
        break
      case 'CORS':
        spec.corsPolicy = corsOf(filter.cors ?? {})
        break
      case 'RequestMirror': {
        const mirror = mirrorOf(filter.requestMirror!, context)
        if ('problem' in mirror) problems.push(mirror.problem)
        else spec.mirrors = [...(spec.mirrors ?? []), mirror]
        break
      }
      default:
        return { spec, problems, unknown: unsupported(filter, context.surroundings) }
    }
  }
  return { spec, problems, unknown: null }
}

/** istiod has a reason of its own for it. Source: Istio `pilot/pkg/config/kube/gateway/conditions.go` InvalidFilter. */
export function unsupported({ type }: RouteFilter, { departs }: Surroundings): Problem {
  return { reason: departs('brokenFilterDropsRoute') ? 'InvalidFilter' : unsupportedValue, message: `filter ${type} is not supported here` }
}

export function headerOperations({ set, add, remove }: HeaderFilter): Operations {
  return { ...(set && { set: valuesOf(set) }), ...(add && { add: valuesOf(add) }), ...(remove && { remove: [...remove] }) }
}

/** Of equivalent names the first counts, says the specification. */
function valuesOf(entries: readonly NamedValue[]): Record<string, string> {
  return Object.fromEntries(entries.toReversed().map(({ name, value }) => [name.toLowerCase(), value]))
}

/** Without a port the request's is kept, save where the scheme is said. Source: the same file, createRedirectFilter. */
function redirectOf({ scheme, hostname, port, statusCode = 302, path }: RedirectFilter): HttpRedirect {
  const redirect = {
    redirectCode: statusCode,
    ...(hostname && { authority: hostname }),
    ...(scheme && { scheme }),
    ...(port === undefined ? { derivePort: scheme ? 'FROM_PROTOCOL_DEFAULT' : 'FROM_REQUEST_PORT' } : { port }),
    ...(path?.type === 'ReplaceFullPath' && { uri: path.replaceFullPath }),
    ...(path?.type === 'ReplacePrefixMatch' && { prefixRewrite: path.replacePrefixMatch }),
  }
  return redirect as HttpRedirect
}

/** Source: the same file, createRewriteFilter. */
function rewriteOf({ hostname, path }: RewriteFilter): Pick<HttpRule, 'rewrite'> {
  const rewrite = {
    ...(path?.type === 'ReplacePrefixMatch' && { uri: path.replacePrefixMatch.replace(/\/$/, '') || '/' }),
    ...(path?.type === 'ReplaceFullPath' && { uriRegexRewrite: { match: '/.*', rewrite: path.replaceFullPath } }),
    ...(hostname && { authority: hostname }),
  }
  return Object.keys(rewrite).length > 0 ? { rewrite } : {}
}

type Mirror = NonNullable<HttpRule['mirrors']>[number]

function mirrorOf(
  { backendRef, percent, fraction }: MirrorFilter,
  { from, enforcesGrants, surroundings }: FilterContext,
): Mirror | { problem: Problem } {
  const { destination, problem } = backendOf(backendRef, from, enforcesGrants, surroundings)
  if (problem) return { problem }
  const value = fraction ? (100 * fraction.numerator) / (fraction.denominator ?? 100) : percent
  return { destination, ...(value !== undefined && { percentage: { value } }) } as Mirror
}

function corsOf({ allowOrigins = [], allowMethods, allowHeaders, exposeHeaders, allowCredentials, maxAge = 5 }: CorsFilter): HttpCors {
  const policy = {
    allowOrigins: allowOrigins.filter((origin) => origin !== '').map(originMatch),
    ...(allowMethods && { allowMethods: [...allowMethods] }),
    ...(allowHeaders && { allowHeaders: [...allowHeaders] }),
    ...(exposeHeaders && { exposeHeaders: [...exposeHeaders] }),
    ...(allowCredentials && { allowCredentials }),
    maxAge: `${maxAge}s`,
    unmatchedPreflights: 'IGNORE',
  }
  return policy as HttpCors
}

/** A star stands for any text, dots and all; alone, for what looks like an origin. Source: the same file, createCorsFilter. */
function originMatch(origin: string): { exact: string } | { prefix: string } | { regex: string } {
  if (origin === '*') return { regex: '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/\\s?#]+$' }
  if (!origin.includes('*')) return { exact: origin }
  if (origin.indexOf('*') === origin.length - 1) return { prefix: origin.slice(0, -1) }
  return { regex: `^${origin.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$` }
}
