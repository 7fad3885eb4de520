import type { FieldTree } from './field-tree.ts'

interface Later {
  /** `group/Kind` of the kinds that have it. */
  readonly kinds: readonly string[]
  /** The object that has the fields: what it is called, and a field that tells it from others of that name. */
  readonly under: string
  readonly beside: string
  readonly fields: Readonly<Record<string, FieldTree>>
}

const trafficPolicies = ['networking.istio.io/DestinationRule', 'networking.istio.io/Sidecar']

/** Fields of Istio 1.30 to 1.32; the schemas of @kubernetes-models/istio are those of 1.29. */
const later: readonly Later[] = [
  {
    kinds: ['security.istio.io/AuthorizationPolicy'],
    under: 'source',
    beside: 'ipBlocks',
    fields: { trustDomains: { a: 's' }, notTrustDomains: { a: 's' } },
  },
  {
    kinds: ['networking.istio.io/EnvoyFilter'],
    under: 'patch',
    beside: 'operation',
    fields: { operation: { e: 'ADD INSERT_AFTER INSERT_BEFORE INSERT_FIRST INVALID MERGE MERGE_AND_REPLACE_LIST REMOVE REPLACE'.split(' ') } },
  },
  { kinds: ['networking.istio.io/VirtualService'], under: 'redirect', beside: 'redirectCode', fields: { prefixRewrite: 's' } },
  {
    kinds: ['networking.istio.io/Gateway', 'networking.istio.io/Sidecar'],
    under: 'tls',
    beside: 'httpsRedirect',
    fields: { insecureSkipVerify: 'b', ecdhCurves: { a: 's' } },
  },
  { kinds: trafficPolicies, under: 'http', beside: 'http1MaxPendingRequests', fields: { http2KeepAlive: { f: { interval: 's', timeout: 's' } } } },
  { kinds: trafficPolicies, under: 'retryBudget', beside: 'percent', fields: { budgetInterval: 's' } },
  { kinds: trafficPolicies, under: 'outlierDetection', beside: 'interval', fields: { outlierDetectionHttpErrorCodes: { a: 'n' } } },
  {
    kinds: trafficPolicies,
    under: 'loadBalancer',
    beside: 'consistentHash',
    fields: {
      zoneAwareLbSetting: { f: { enabled: 'b', failover: { a: { f: { from: 's', to: 's' } } }, failoverPriority: { a: 's' }, minClusterSize: 'n' } },
      backendUtilization: {
        f: {
          errorUtilizationPenaltyPercent: 'n',
          metricNamesForComputingUtilization: { a: 's' },
          weightExpirationPeriod: 's',
          weightStabilizationPeriod: 's',
          weightUpdatePeriod: 's',
        },
      },
    },
  },
]

export function withLaterFields(kind: string, tree: FieldTree): FieldTree {
  const concerned = later.filter(({ kinds }) => kinds.includes(kind))
  return concerned.length === 0 ? tree : extended('', tree, concerned)
}

function extended(name: string, tree: FieldTree, concerned: readonly Later[]): FieldTree {
  if (typeof tree === 'string' || 'e' in tree || '$' in tree) return tree
  if ('a' in tree) return { a: extended(name, tree.a, concerned) }
  if ('m' in tree) return { m: extended(name, tree.m, concerned) }
  const fields = Object.fromEntries(Object.entries(tree.f).map(([field, inner]) => [field, extended(field, inner, concerned)]))
  for (const { under, beside, fields: more } of concerned) if (under === name && beside in tree.f) Object.assign(fields, more)
  return { ...tree, f: fields }
}
