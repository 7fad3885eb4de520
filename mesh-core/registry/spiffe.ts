import type { Resource } from '../config/resource.ts'
import type { Cluster } from '../ir/cluster.ts'
import { isOutsider } from './outsiders.ts'
import type { Registry } from './registry.ts'

/** Of a mesh whose config names no other. */
export const defaultTrustDomain = 'cluster.local'

/** What the mesh's config says last, in either spelling. */
export function trustDomainOf(resources: readonly Resource[]): string {
  const named = resources.flatMap(({ kind, object }) => (kind === 'MeshConfig' ? [object['trustDomain'] ?? object['trust_domain']] : []))
  return String(named.findLast(Boolean) ?? defaultTrustDomain)
}

/** Who a workload is to the others of its mesh. Source: Istio `pkg/spiffe`. */
export function spiffeId(
  { namespace, serviceAccount }: { readonly namespace: string; readonly serviceAccount: string },
  trustDomain: string,
): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`
}

/** Of the pods behind a cluster's endpoints, and what entries say of machines: nobody else is taken for them. Source: Istio `model/push_context.go` ServiceAccounts. */
export function identitiesBehind(
  { endpoints, siblings = endpoints }: Pick<Cluster, 'endpoints' | 'siblings'>,
  registry: Pick<Registry, 'workloadAt' | 'trustDomain'>,
): readonly string[] {
  const ids = siblings.flatMap(({ address, workload, serviceAccount: told = '' }) => {
    const who = registry.workloadAt(address)
    const [namespace, serviceAccount] = who && !isOutsider(who) ? [who.ref.namespace, who.serviceAccount] : [workload.namespace, told]
    return serviceAccount === '' ? [] : [spiffeId({ namespace, serviceAccount }, registry.trustDomain)]
  })
  return [...new Set(ids)].sort()
}
