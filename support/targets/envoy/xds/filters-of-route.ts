import { faultName, rateLimitName } from '../../../../mesh-core/config/envoy-filter-http-filters.ts'
import type { FilterOfRoute, RouteFilters } from '../../../../mesh-core/ir/inserted-filter.ts'
import type { InboundPort } from '../../../../mesh-core/ir/inbound-port.ts'
import type { RateLimit } from '../../../../mesh-core/ir/route.ts'
import { csrfPolicy, filterState, htpasswd, httpFault, orderedMutations } from './inserted-filter.ts'
import { typed, type Json } from './json.ts'
import { localRateLimit } from './local-rate-limit.ts'

const extensions = 'envoy.extensions.filters.http'

/** What a route, a host or a table says to filters, but for faults. */
export function filtersBeside({ rateLimit, filters = {} }: { rateLimit?: RateLimit | undefined; filters?: RouteFilters | undefined }): Json {
  const own = Object.entries(filters).flatMap(([name, told]) => {
    const config = configOf(told)
    return config ? [[name, config] as const] : []
  })
  return { ...(rateLimit && { [rateLimitName]: localRateLimit(rateLimit) }), ...Object.fromEntries(own) }
}

/** @returns `null`: it stands there otherwise */
function configOf(told: FilterOfRoute): Json | null {
  switch (told.kind) {
    case 'on':
      return null
    case 'off':
      return typed('envoy.config.route.v3.FilterConfig', { disabled: true })
    case 'buffer': {
      const buffer = told.maxBytes === null ? { disabled: true } : { buffer: { max_request_bytes: told.maxBytes } }
      return typed(`${extensions}.buffer.v3.BufferPerRoute`, buffer)
    }
    case 'headers':
      return typed(`${extensions}.header_mutation.v3.HeaderMutationPerRoute`, { mutations: orderedMutations(told) })
    case 'passwords':
      return typed(`${extensions}.basic_auth.v3.BasicAuthPerRoute`, { users: htpasswd(told.users) })
    case 'origins':
      return csrfPolicy(told)
    case 'state':
      return filterState(told.values)
    case 'lua':
      return typed(`${extensions}.lua.v3.LuaPerRoute`, scriptOfRoute(told))
  }
}

/** Source: Envoy `LuaPerRoute`. */
function scriptOfRoute({ code, name }: Extract<FilterOfRoute, { kind: 'lua' }>): Json {
  if (name !== null) return { name }
  return code === null ? { disabled: true } : { source_code: { inline_string: code } }
}

/** Of the one route towards a workload, its host and its table: of rates and faults the nearest has been found. */
export function inboundFilters({ filters = [], rateLimit, fault }: InboundPort): readonly Json[] {
  const [nearest = {}, ...others] = filters
  const ofFault = fault && nearest[faultName]?.kind !== 'off' ? { [faultName]: httpFault(fault) } : {}
  return [{ ...filtersBeside({ rateLimit, filters: nearest }), ...ofFault }, ...others.map((own) => filtersBeside({ filters: own }))]
}
