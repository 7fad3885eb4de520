/** `reviews subset v1` of `outbound|9080|v1|reviews.default.svc.cluster.local` */
export function describeCluster(cluster: string): string {
  const [, , subset, host] = cluster.split('|')
  if (!host) return cluster
  const name = host.replace(/\.svc\.cluster\.local$/, '')
  return subset ? `${name} subset ${subset}` : name
}
