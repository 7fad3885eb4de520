import type { FilterChain, Listener, NetworkFilter, Tunnel } from '../../ir/proxy-config.ts'
import type { Departs } from '../departures.ts'
import type { DestinationRule } from './destination-rule.ts'
import { durationMs } from '../duration.ts'

type TcpFilter = Extract<NetworkFilter, { kind: 'tcp' }>

/** Gives TCP proxies what the rule of their first destination says of connections. Source: Istio `core/networkfilter.go`. */
export function withTcpPolicies(
  listeners: readonly Listener[],
  ruleFor: (host: string) => DestinationRule | undefined,
  departs: Departs,
): Listener[] {
  const lookup = departs('serverNamesOfRoutesAreNotLookedUp') ? {} : { looksUpServerName: true }
  const withPolicy = (chain: FilterChain): FilterChain => {
    const { filter } = chain
    // What takes unknown traffic has nothing of a rule, not even of its egress proxy's. Source: Istio `core/listener_builder.go` buildOutboundCatchAllNetworkFiltersOnly.
    if (filter.kind !== 'tcp' || filter.origin === null) return chain
    const [, , subset = '', host] = (filter.ruledBy ?? filter.clusters[0]?.cluster)?.split('|') ?? []
    const rule = host === undefined ? undefined : ruleFor(host)
    const policy = { ...lookup, ...(rule && policyOf(rule, filter.ruledBy === undefined ? subset : '')) }
    return Object.keys(policy).length === 0 ? chain : { ...chain, filter: { ...filter, ...policy } }
  }
  return listeners.map((listener) => ({
    ...listener,
    filterChains: listener.filterChains.map(withPolicy),
    defaultFilterChain: listener.defaultFilterChain && withPolicy(listener.defaultFilterChain),
  }))
}

/** Of times those of ports and subsets do not count. */
function policyOf(rule: DestinationRule, subset: string): Partial<TcpFilter> {
  const { idleTimeout, maxConnectionDuration } = rule.trafficPolicy?.connectionPool?.tcp ?? {}
  const tunnel = tunnelTo(rule, subset)
  return {
    ...(tunnel && { tunnel }),
    ...(hashesSourceTo(rule, subset) && { hashesSource: true }),
    ...(idleTimeout !== undefined && { idleTimeoutMs: durationMs(idleTimeout) }),
    ...(maxConnectionDuration !== undefined && { maxDurationMs: durationMs(maxConnectionDuration) }),
  }
}

/** Settings of ports do not count. Source: the same file, maybeSetHashPolicy. */
function hashesSourceTo(rule: DestinationRule, subset: string): boolean {
  const own = rule.subsets.find(({ name }) => name === subset)?.trafficPolicy?.loadBalancer
  const balancer = own ?? rule.trafficPolicy?.loadBalancer
  return balancer?.consistentHash?.useSourceIp ?? false
}

/** A subset has its own alone. Source: Istio `core/tunnelingconfig/apply.go`. */
function tunnelTo(rule: DestinationRule, subset: string): Tunnel | null {
  const policy = subset === '' ? rule.trafficPolicy : rule.subsets.find(({ name }) => name === subset)?.trafficPolicy
  if (!policy?.tunnel) return null
  const { protocol, targetHost = '', targetPort } = policy.tunnel
  const host = targetHost.includes(':') ? `[${targetHost}]` : targetHost
  return { method: protocol === 'POST' ? 'POST' : 'CONNECT', target: `${host}:${targetPort}` }
}
