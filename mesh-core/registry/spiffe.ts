/** Of the mesh, when its config names no other. */
export const trustDomain = 'cluster.local'

/** Who a workload is to the others of its mesh. Source: Istio `pkg/spiffe`. */
export function spiffeId({ namespace, serviceAccount }: { readonly namespace: string; readonly serviceAccount: string }): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`
}
