import type { ConfigPatch } from './envoy-filter-patches.ts'

/**
 * What the filters that istiod makes were called until Envoy 1.14. Patches look for names as they are, so they find none by these, which many have written.
 * Source: Istio `core/envoyfilter/listener_patch.go` filterMatch, httpFilterMatch; seen with 1.32.
 */
const earlierNames: ReadonlySet<string | undefined> = new Set([
  'envoy.http_connection_manager',
  'envoy.tcp_proxy',
  'envoy.router',
  'envoy.cors',
  'envoy.fault',
])

/** These put something in wherever the filter stands that is named. */
const placesAnywhere: ReadonlySet<string> = new Set(['ADD', 'INSERT_FIRST'])

/** Whether a patch looks for a filter that is nowhere, and so does nothing, whatever it says. */
export function looksForEarlierName({ applyTo, match, patch }: ConfigPatch): boolean {
  const filter = match?.listener?.filterChain?.filter
  const looks = !placesAnywhere.has(patch.operation)
  if (applyTo === 'HTTP_FILTER') return earlierNames.has(filter?.name) || (looks && earlierNames.has(filter?.subFilter?.name))
  return applyTo === 'NETWORK_FILTER' && looks && earlierNames.has(filter?.name)
}
