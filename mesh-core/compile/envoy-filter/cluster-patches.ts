import { int, message } from '../../envoy/fields.ts'
import type { Cluster, UpstreamHttp } from '../../ir/cluster.ts'
import type { EnvoyPatch } from './envoy-filters.ts'

/** The clusters with the patches that are for them. Source: Istio `core/envoyfilter/cluster_patch.go`. */
export function patchClusters(clusters: Readonly<Record<string, Cluster>>, patches: readonly EnvoyPatch[]): Readonly<Record<string, Cluster>> {
  const own = patches.filter(({ applyTo }) => applyTo === 'CLUSTER')
  if (own.length === 0) return clusters
  return Object.fromEntries(
    Object.entries(clusters).flatMap(([name, cluster]) => {
      const fitting = own.filter((patch) => isFor(patch, partsOf(name)))
      return fitting.some(({ operation }) => operation === 'REMOVE') ? [] : [[name, fitting.reduce(mergeCluster, cluster)]]
    }),
  )
}

interface Parts {
  readonly name: string
  /** Of the service; of an inbound cluster those of all that lead there. */
  readonly hosts: readonly string[]
  readonly subset: string
  readonly port: number
}

/** `outbound|80|v1|reviews.default.svc.cluster.local`; a name of another form has no parts. Source: Istio `pilot/pkg/model/context.go` ParseSubsetKey. */
function partsOf(name: string): Parts {
  const [, port, subset, host] = name.split('|')
  return host === undefined ? { name, hosts: [''], subset: '', port: 0 } : { name, hosts: [host], subset: subset!, port: Number(port) }
}

/** A name is enough. Source: the same file, clusterMatch. */
function isFor({ match }: EnvoyPatch, { name, hosts, subset, port }: Parts): boolean {
  const asked = match.cluster
  if (!asked) return true
  if (asked.name) return asked.name === name
  if (asked.subset && asked.subset !== subset) return false
  return (!asked.service || hosts.includes(asked.service)) && (!asked.portNumber || asked.portNumber === port)
}

function mergeCluster(cluster: Cluster, { value }: EnvoyPatch): Cluster {
  const fields = message(value, 'value')
  return {
    ...cluster,
    ...(fields['http2_protocol_options'] !== undefined && { http: 'http2' as const }),
    ...(fields['max_requests_per_connection'] !== undefined && { maxRequestsPerConnection: int(fields['max_requests_per_connection']) || null }),
  }
}

/** @param hosts of the services that lead to the port */
export function inboundHttp(patches: readonly EnvoyPatch[], cluster: string, port: number, hosts: readonly string[]): UpstreamHttp | null {
  const parts: Parts = { name: cluster, hosts: hosts.length > 0 ? hosts : [''], subset: '', port }
  const own = patches.filter((patch) => patch.applyTo === 'CLUSTER' && isFor(patch, parts))
  return own.some(({ value }) => message(value, 'value')['http2_protocol_options'] !== undefined) ? 'http2' : null
}
