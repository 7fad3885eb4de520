import { regexProblem } from '../../config/istio/matching.ts'
import { corsName } from '../../config/envoy-filter-http-filters.ts'
import { message, messages, text, type Message } from '../../envoy/fields.ts'
import { readStringMatch } from '../../envoy/matchers.ts'
import type { CorsPolicy, Refusal, Route } from '../../ir/route.ts'
import type { EnvoyPatch } from './envoy-filters.ts'

type ToldCors = Omit<CorsPolicy, 'forwardNotMatchingPreflights'> & { readonly forwardNotMatchingPreflights: boolean | null }

interface CorsOfLevel {
  readonly cors: ToldCors | null
  readonly refusal: Refusal | null
}

const saysNothing: CorsOfLevel = { cors: null, refusal: null }

/** What the filter is told at a route, a host or a table: of several the last, in the place of what was there. */
function corsOf(fields: Message): CorsOfLevel {
  const own = message(fields['typed_per_filter_config'], 'typed_per_filter_config')[corsName]
  if (own === undefined) return saysNothing
  const config = message(own, corsName)
  const origins = messages(config['allow_origin_string_match'], 'allow_origin_string_match')
  const patterns = origins.flatMap(({ safe_regex: regex }) => (regex === undefined ? [] : [String(message(regex, 'safe_regex')['regex'])]))
  const problem = patterns.reduce<string | null>((found, pattern) => found ?? regexProblem(pattern), null)
  if (problem !== null) return { cors: null, refusal: { reason: problem, spoils: 'table' } }
  const told = (name: string): boolean | null => (config[name] === undefined ? null : config[name] === true)
  const cors = {
    allowOrigins: origins.map((origin) => readStringMatch(origin, 'allow_origin_string_match')),
    allowMethods: text(config['allow_methods']),
    allowHeaders: text(config['allow_headers']),
    exposeHeaders: text(config['expose_headers']),
    maxAge: text(config['max_age']),
    allowCredentials: told('allow_credentials'),
    forwardNotMatchingPreflights: told('forward_not_matching_preflights'),
  }
  return { cors, refusal: null }
}

/** Of a route itself: in the place of what istiod has written there. */
export function withCors(route: Route, fields: Message): Route {
  const { cors, refusal } = corsOf(fields)
  return { ...route, ...(cors && { cors: whole(cors) }), refusal: route.refusal ?? refusal }
}

/** Of a host or a table: what its routes leave open. Source: Envoy `CorsFilter`, which looks for each field from the route outwards. */
export function withCorsOfLevel(routes: readonly Route[], patches: readonly EnvoyPatch[]): readonly Route[] {
  const { cors, refusal } = patches.map(({ value }) => corsOf(message(value, 'value'))).findLast((one) => one !== saysNothing) ?? saysNothing
  if (!cors) return refusal ? routes.map((route) => ({ ...route, refusal: route.refusal ?? refusal })) : routes
  return routes.map((route) => ({ ...route, cors: route.cors ? behind(route.cors, cors) : whole(cors) }))
}

function behind(inner: CorsPolicy, outer: ToldCors): CorsPolicy {
  return {
    ...inner,
    allowOrigins: inner.allowOrigins.length > 0 ? inner.allowOrigins : outer.allowOrigins,
    allowMethods: inner.allowMethods ?? outer.allowMethods,
    allowHeaders: inner.allowHeaders ?? outer.allowHeaders,
    exposeHeaders: inner.exposeHeaders ?? outer.exposeHeaders,
    maxAge: inner.maxAge ?? outer.maxAge,
    allowCredentials: inner.allowCredentials ?? outer.allowCredentials,
  }
}

function whole(told: ToldCors): CorsPolicy {
  return { ...told, forwardNotMatchingPreflights: told.forwardNotMatchingPreflights ?? true }
}
