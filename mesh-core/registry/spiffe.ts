import type { Resource } from '../config/resource.ts'

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
