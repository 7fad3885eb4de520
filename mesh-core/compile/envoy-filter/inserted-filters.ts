import { typedConfigOf } from '../../config/envoy-filter-patches.ts'
import { bufferType } from '../../config/envoy-filter-route-values.ts'
import { int, message } from '../../envoy/fields.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import type { BodyBuffer, InsertedFilter } from '../../ir/route.ts'
import type { EnvoyPatch } from './envoy-filters.ts'
import { rateLimitOf } from './rate-limit-patches.ts'

/** The settings with the filters that patches put in. What goes to the front goes before what came there earlier. Source: Istio `core/envoyfilter/listener_patch.go` patchHTTPFilters. */
export function withInserted(settings: HttpSettings, patches: readonly EnvoyPatch[]): HttpSettings {
  const own = patches.filter(({ applyTo }) => applyTo === 'HTTP_FILTER').map(filterOf)
  if (own.length === 0) return settings
  const first = own.filter(({ place }) => place === 'first').reverse()
  return { ...settings, inserted: [...first, ...own.filter(({ place }) => place === 'last')] }
}

function filterOf(patch: EnvoyPatch): InsertedFilter {
  const place = patch.match.listener?.filterChain?.filter?.subFilter === undefined ? 'first' : 'last'
  return typedConfigOf(patch.value).type === bufferType ? bufferOf(patch, place) : rateLimitOf(patch, place)
}

/** Without a size, and with 0, it breaks the constraints of Envoy's `Buffer`. */
function bufferOf({ value }: EnvoyPatch, place: BodyBuffer['place']): BodyBuffer {
  const maxBytes = int(message(typedConfigOf(value).config, 'typed_config')['max_request_bytes'])
  return { place, maxBytes, ...(maxBytes === 0 && { isRefused: true as const }) }
}
