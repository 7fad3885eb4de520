import type { HashPolicy } from '../../ir/route.ts'
import type { DestinationRule } from '../clusters/destination-rule.ts'
import type { ConsistentHash, TrafficPolicy } from '../clusters/destination-rule-types.ts'
import { durationMs } from '../duration.ts'
import type { Destination } from './virtual-service-types.ts'

/** What the requests of a route are hashed by; none where the hash names no key. Source: Istio `core/route/route.go` ConsistentHashToHashPolicy. */
export function hashPolicies(hash: ConsistentHash | undefined): HashPolicy[] {
  const terminal = false
  if (hash?.httpHeaderName !== undefined) return [{ kind: 'header', name: hash.httpHeaderName.toLowerCase(), terminal }]
  if (hash?.httpCookie) {
    const { name = '', path = '', ttl, attributes = [] } = hash.httpCookie
    return [
      {
        kind: 'cookie',
        name,
        path,
        ttlMs: ttl === undefined ? null : durationMs(ttl),
        attributes: attributes.map((attribute) => ({ name: attribute.name ?? '', value: attribute.value ?? '' })),
        terminal,
      },
    ]
  }
  if (hash?.useSourceIp) return [{ kind: 'source-ip', terminal }]
  if (hash?.httpQueryParameterName !== undefined) return [{ kind: 'query', name: hash.httpQueryParameterName, terminal }]
  return []
}

/** The hash for a service without rules of its own. Source: the same file, hashForService. */
export function hashOfService(rule: DestinationRule | undefined, port: number): ConsistentHash | undefined {
  return atPort(rule?.trafficPolicy, port) ?? rule?.trafficPolicy?.loadBalancer?.consistentHash
}

/**
 * The hash for one destination of a route. Settings of a port count only where the destination names the port.
 * Source: the same file, HashForHTTPDestination.
 */
export function hashOfDestination(rule: DestinationRule | undefined, { port, subset }: NonNullable<Destination>): ConsistentHash | undefined {
  const policy = rule?.trafficPolicy
  const own = rule?.subsets.find(({ name }) => name === (subset ?? ''))?.trafficPolicy
  const at = (settings: TrafficPolicy | undefined) => (port?.number === undefined ? undefined : atPort(settings, port.number))
  return at(own) ?? own?.loadBalancer?.consistentHash ?? at(policy) ?? policy?.loadBalancer?.consistentHash
}

function atPort(policy: TrafficPolicy | undefined, port: number): ConsistentHash | undefined {
  return policy?.portLevelSettings?.find((setting) => setting.port?.number === port)?.loadBalancer?.consistentHash
}
