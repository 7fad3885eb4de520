import { kinds } from '../../mesh-core/analyze/inventory.ts'
import { groupOf, type Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'

/** Proxies whose script has answered in the place of who was asked, and where scripts stand. Source: Envoy `lua/lua_filter.cc` LuaResponse. */
export function answeringScripts(exchanges: readonly Exchange[], resources: readonly Resource[]): readonly string[] {
  const entries = exchanges.flatMap(({ hops }) => hops.flatMap(({ log, inbound }) => [log, inbound]))
  const proxies = new Set(entries.flatMap((entry) => (entry?.details === 'lua_response' ? [entry.proxy] : [])))
  const scripts = resources.filter(hasScript).map(({ origin }) => origin.resource)
  return [...proxies].map((proxy) => `a script at ${proxy} has answered (lua_response): look at ${scripts.join(', ') || 'what the mesh had before'}`)
}

function hasScript({ apiVersion, kind, object }: Resource): boolean {
  const name = `${groupOf(apiVersion)}/${kind}`
  const spec = object['spec'] as { readonly lua?: unknown } | undefined
  return name === kinds.trafficExtension ? spec?.lua !== undefined : name === kinds.envoyFilter && JSON.stringify(spec).includes('filters.http.lua')
}
