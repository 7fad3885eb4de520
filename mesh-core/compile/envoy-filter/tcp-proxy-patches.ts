import { tcpProxyName } from '../../config/envoy-filter-values.ts'
import { durationMs, message } from '../../envoy/fields.ts'
import type { FilterChain, Listener } from '../../ir/proxy-config.ts'
import type { EnvoyPatch } from './envoy-filters.ts'

export function isAtListener({ match }: EnvoyPatch, { name, port }: Pick<Listener, 'name' | 'port'>): boolean {
  const asked = match.listener
  return !asked || ((!asked.name || asked.name === name) && (!asked.portNumber || asked.portNumber === port))
}

/** What passes bytes on may be told how long it does. Source: Istio `core/envoyfilter/listener_patch.go`, Envoy `TcpProxy`. */
export function patchTcpProxies(listeners: readonly Listener[], patches: readonly EnvoyPatch[]): readonly Listener[] {
  const own = patches.filter(
    ({ applyTo, operation, match }) =>
      applyTo === 'NETWORK_FILTER' && operation === 'MERGE' && match.listener?.filterChain?.filter?.name === tcpProxyName,
  )
  if (own.length === 0) return listeners
  return listeners.map((listener) => {
    const fitting = own.filter((patch) => isAtListener(patch, listener))
    const patched = (chain: FilterChain): FilterChain => fitting.reduce(patchChain, chain)
    const { filterChains, defaultFilterChain } = listener
    return { ...listener, filterChains: filterChains.map(patched), defaultFilterChain: defaultFilterChain && patched(defaultFilterChain) }
  })
}

function patchChain(chain: FilterChain, { value }: EnvoyPatch): FilterChain {
  if (chain.filter.kind !== 'tcp') return chain
  const fields = message(message(value, 'value')['typed_config'], 'value.typed_config')
  const idleTimeoutMs = durationMs(fields['idle_timeout'])
  const maxDurationMs = durationMs(fields['max_downstream_connection_duration'])
  return { ...chain, filter: { ...chain.filter, ...(idleTimeoutMs !== null && { idleTimeoutMs }), ...(maxDurationMs !== null && { maxDurationMs }) } }
}
