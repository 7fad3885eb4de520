import type { ProxyConfig } from '../../ir/proxy-config.ts'
import type { HashPolicy, Refusal } from '../../ir/route.ts'
import type { ConsistentHash, DestinationRuleSpec, PortPolicy, TrafficPolicy } from './destination-rule-types.ts'
import { hashPolicies } from '../rules/hash-policy.ts'
import { largestRing, loadBalancing } from './load-balancing.ts'

/**
 * Why Envoy refuses routes that hash so, though istiod lets a DestinationRule ask for it. Source: the constraints of `RouteAction.HashPolicy` in Envoy's
 * `route_components.proto`, `source/common/protobuf/utility.cc` validateDuration.
 */
export function hashRefusal(policies: readonly HashPolicy[]): Refusal | null {
  return policies.reduce<Refusal | null>((found, policy) => found ?? refusalOf(policy), null)
}

function refusalOf(policy: HashPolicy): Refusal | null {
  switch (policy.kind) {
    case 'header':
      return isText(policy.name) ? null : { reason: `a hash by the header ${JSON.stringify(policy.name)}`, spoils: 'message' }
    case 'query':
      return policy.name !== '' ? null : { reason: 'a hash by a query parameter without a name', spoils: 'message' }
    case 'cookie':
      return cookieRefusal(policy)
    default:
      return null
  }
}

function cookieRefusal({ name, ttlMs, attributes }: Extract<HashPolicy, { kind: 'cookie' }>): Refusal | null {
  const odd = attributes.find((one) => !isText(one.name) || breaks.test(one.value))
  if (odd) return { reason: `the attribute ${JSON.stringify(odd.name)} of the cookie ${name}`, spoils: 'message' }
  return ttlMs !== null && ttlMs < 0 ? { reason: `the cookie ${name} lives for a negative time`, spoils: 'table' } : null
}

const breaks = /[\0\r\n]/

function isText(name: string): boolean {
  return name !== '' && !breaks.test(name)
}

type Clusters = ProxyConfig['clusters']

/**
 * A cluster that breaks a rule of its own form is not read, and none that comes with it: all are as they were `before`; a fresh proxy has none.
 * Source: Envoy `cluster.proto`, RingHashLbConfig.minimum_ring_size.
 */
export function acknowledgedClusters(clusters: Clusters, before: () => Clusters): Clusters {
  return Object.values(clusters).some(({ loadBalancing }) => isTooLarge(loadBalancing)) ? before() : clusters
}

function isTooLarge(balancing: Clusters[string]['loadBalancing']): boolean {
  return balancing.kind === 'RING_HASH' && balancing.minimumRingSize > largestRing
}

/** May Envoy refuse what becomes of the rule? */
export function mayHashBeRefused({ trafficPolicy, subsets = [] }: DestinationRuleSpec): boolean {
  return [trafficPolicy, ...subsets.map((subset) => subset.trafficPolicy)].flatMap(hashesOf).some(isRefused)
}

function hashesOf(policy: TrafficPolicy | undefined): ConsistentHash[] {
  const all: readonly (PortPolicy | undefined)[] = [policy, ...(policy?.portLevelSettings ?? [])]
  return all.flatMap((one) => one?.loadBalancer?.consistentHash ?? [])
}

function isRefused(hash: ConsistentHash): boolean {
  return hashRefusal(hashPolicies(hash)) !== null || isTooLarge(loadBalancing({ consistentHash: hash }))
}
