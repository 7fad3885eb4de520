import { typedConfigOf } from '../../config/envoy-filter-patches.ts'
import { connectionManagerName, tcpProxyName } from '../../config/envoy-filter-values.ts'
import { durationMs, int, message, text, type Message } from '../../envoy/fields.ts'
import type { ConnectionLimit, FilterChain, Listener } from '../../ir/proxy-config.ts'
import type { EnvoyPatch } from './envoy-filters.ts'
import { isAtListener } from './tcp-proxy-patches.ts'

/**
 * Limits of how many connections a filter chain takes at once, one before the other; a listener that Envoy does not take is none.
 * Source: Istio `core/envoyfilter/listener_patch.go` patchNetworkFilters, Envoy `network/connection_limit`.
 */
export function patchConnectionLimits(listeners: readonly Listener[], patches: readonly EnvoyPatch[]): readonly Listener[] {
  const own = patches.filter(({ applyTo, operation }) => applyTo === 'NETWORK_FILTER' && operation !== 'MERGE')
  if (own.length === 0) return listeners
  return listeners.flatMap((listener) => {
    const fitting = own.filter((patch) => isAtListener(patch, listener))
    const { filterChains, defaultFilterChain } = listener
    const chains = [...filterChains, ...(defaultFilterChain ? [defaultFilterChain] : [])]
    if (chains.some((chain) => fitting.some((patch) => isInChain(patch, chain) && isRefused(patch)))) return []
    const limited = (chain: FilterChain): FilterChain => fitting.filter((patch) => isInChain(patch, chain)).reduce(withLimit, chain)
    return [{ ...listener, filterChains: filterChains.map(limited), defaultFilterChain: defaultFilterChain && limited(defaultFilterChain) }]
  })
}

/** What is put before all filters, or after them, asks for none. */
function isInChain({ operation, match }: EnvoyPatch, { filter }: FilterChain): boolean {
  if (operation === 'INSERT_FIRST' || operation === 'ADD') return true
  return match.listener?.filterChain?.filter?.name === (filter.kind === 'tcp' ? tcpProxyName : connectionManagerName)
}

/** Behind the filter that ends a chain there may be none. */
function isRefused({ operation, value }: EnvoyPatch): boolean {
  const config = configOf(value)
  return operation === 'ADD' || operation === 'INSERT_AFTER' || text(config['stat_prefix']) === null || int(config['max_connections']) < 1
}

function withLimit(chain: FilterChain, { operation, value }: EnvoyPatch): FilterChain {
  const limit = readLimit(configOf(value))
  if (!limit) return chain
  const { limits = [] } = chain
  return { ...chain, limits: operation === 'INSERT_FIRST' ? [limit, ...limits] : [...limits, limit] }
}

function configOf(value: EnvoyPatch['value']): Message {
  return message(typedConfigOf(value).config, 'typed_config')
}

/** @returns `null`: it is off */
function readLimit(config: Message): ConnectionLimit | null {
  if (message(config['runtime_enabled'], 'runtime_enabled')['default_value'] === false) return null
  return { most: int(config['max_connections']), delayMs: durationMs(config['delay']) ?? 0 }
}
