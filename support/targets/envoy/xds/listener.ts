import type { Listener } from '../../../../mesh-core/ir/proxy-config.ts'
import { inspectsHttp } from '../../../../mesh-core/match/filter-chain.ts'
import { filterChain, inspectors, virtualOutbound } from './filter-chain.ts'
import { proxyProtocol } from './proxy-protocol-filter.ts'
import { duration, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { socketAddress } from './placement.ts'
import type { Placement } from './placement.ts'

/** One listener as istiod would send it. Those of a sidecar are bound to no port: `virtualOutbound` hands connections over by their original destination. */
export function listener(config: Listener, placement: Placement): Json {
  const own = config.name === virtualOutbound
  return typed('envoy.config.listener.v3.Listener', {
    name: config.name,
    address: socketAddress(config),
    filter_chains: config.filterChains.map((chain) => filterChain(chain, config, placement)),
    ...optional('default_filter_chain', config.defaultFilterChain && filterChain(config.defaultFilterChain, config, placement)),
    ...optional('listener_filters', [...(config.proxyProtocol ? [proxyProtocol()] : []), ...inspectors([config])]),
    ...detection(config),
    traffic_direction: config.direction === 'inbound' ? 'INBOUND' : 'OUTBOUND',
    ...(own ? { use_original_dst: true } : {}),
    ...(config.direction === 'outbound' && !own ? { bind_to_port: false } : {}),
  })
}

function detection({ detectionTimeoutMs, filterChains }: Listener): Json {
  if (detectionTimeoutMs === undefined || !inspectsHttp(filterChains)) return {}
  return { listener_filters_timeout: duration(detectionTimeoutMs), continue_on_listener_filters_timeout: true }
}
