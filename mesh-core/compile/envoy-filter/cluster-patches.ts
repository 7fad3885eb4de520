import { upstreamOptionsName } from '../../config/envoy-filter-values.ts'
import { durationMs, int, message, type Message } from '../../envoy/fields.ts'
import { blackHole, type InboundPort } from '../../ir/inbound-port.ts'
import type { Cluster, OutlierDetection, UpstreamHttp } from '../../ir/cluster.ts'
import { balancings, mergedBalancing } from './balancing-patches.ts'
import type { EnvoyPatch } from './envoy-filters.ts'
import { mergedOutliers } from './outlier-patches.ts'

/** The clusters with the patches that are for them. Source: Istio `core/envoyfilter/cluster_patch.go`. */
export function patchClusters(clusters: Readonly<Record<string, Cluster>>, patches: readonly EnvoyPatch[]): Readonly<Record<string, Cluster>> {
  const own = patches.filter(({ applyTo }) => applyTo === 'CLUSTER')
  if (own.length === 0) return clusters
  return Object.fromEntries(
    Object.entries(clusters).flatMap(([name, cluster]) => {
      const fitting = own.filter((patch) => isFor(patch, partsOf(name)))
      const patched = fitting.some(({ operation }) => operation === 'REMOVE') ? null : fitting.reduce<Cluster | null>(mergeCluster, cluster)
      return patched ? [[name, patched]] : []
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

/** @returns `null`: Envoy does not take it */
function mergeCluster(cluster: Cluster | null, { value }: EnvoyPatch): Cluster | null {
  if (!cluster) return null
  const fields = message(value, 'value')
  const { [upstreamOptionsName]: options } = (fields['typed_extension_protocol_options'] ?? {}) as Message
  const outliers = fields['outlier_detection']
  const watched = outliers === undefined ? cluster : { ...cluster, outlierDetection: mergedOutliers(cluster.outlierDetection, outliers) }
  const balanced = balancedAs(watched, fields)
  if (!balanced) return null
  if (options !== undefined) return withOptions(balanced, message(options, upstreamOptionsName))
  if (hasOptions(balanced)) return balanced
  return {
    ...balanced,
    ...(fields['http2_protocol_options'] !== undefined && { http: 'http2' as const }),
    ...(fields['max_requests_per_connection'] !== undefined && { maxRequestsPerConnection: int(fields['max_requests_per_connection']) || null }),
  }
}

/** What there is only for where a client dials is chosen no other way. Source: Envoy `ClusterImplBase`. */
function balancedAs(cluster: Cluster, fields: Message): Cluster | null {
  const { value } = message(message(fields['common_lb_config'], 'common_lb_config')['healthy_panic_threshold'], 'healthy_panic_threshold')
  const panicThreshold = Number(value ?? 0) || cluster.panicThreshold
  const { kind } = cluster.loadBalancing
  const asked = balancings[String(fields['lb_policy'] ?? '')]
  const loadBalancing = mergedBalancing(asked && asked.kind !== kind ? asked : cluster.loadBalancing, fields)
  if (!loadBalancing) return null
  if (loadBalancing.kind === kind) return { ...cluster, panicThreshold, loadBalancing }
  return kind === 'ORIGINAL_DST' ? null : { ...cluster, panicThreshold, loadBalancing, slowStart: null }
}

const usualIdleMs = 3_600_000

/** Has istiod written some? Then the older fields that stand beside them say nothing. Source: Envoy `ClusterInfoImpl`, Istio `core/cluster_traffic_policy.go`. */
function hasOptions({
  http,
  maxRequestsPerConnection,
  maxConnectionDurationMs,
  maxConcurrentStreams,
  idleTimeoutMs,
  outlierDetection,
}: Cluster): boolean {
  const limits = [maxRequestsPerConnection, maxConnectionDurationMs, maxConcurrentStreams]
  return http !== 'http1' || limits.some((limit) => limit !== null) || idleTimeoutMs !== usualIdleMs || outlierDetection?.errorCodes !== undefined
}

/** They take the place of all that istiod has written of the kind, and say which version is spoken. Source: Envoy `HttpProtocolOptions`. */
function withOptions(cluster: Cluster, options: Message): Cluster | null {
  const explicit = message(options['explicit_http_config'], 'explicit_http_config')
  const common = message(options['common_http_protocol_options'], 'common_http_protocol_options')
  const http2 = message(explicit['http2_protocol_options'], 'http2_protocol_options')
  const http = versionOf(options, explicit)
  if (!http) return null
  const { errorCodes: _, ...outlierDetection } = cluster.outlierDetection ?? {}
  return {
    ...cluster,
    http,
    maxRequestsPerConnection: int(common['max_requests_per_connection']) || null,
    maxConnectionDurationMs: durationMs(common['max_connection_duration']) || null,
    idleTimeoutMs: durationMs(common['idle_timeout']) ?? usualIdleMs,
    maxConcurrentStreams: int(http2['max_concurrent_streams']) || null,
    outlierDetection: cluster.outlierDetection && (outlierDetection as OutlierDetection),
  }
}

function versionOf(options: Message, explicit: Message): UpstreamHttp | null {
  if (options['use_downstream_protocol_config'] !== undefined) return 'client'
  if (explicit['http2_protocol_options'] !== undefined) return 'http2'
  return explicit['http_protocol_options'] === undefined ? null : 'http1'
}

/** What patches make of the cluster that leads to a workload. @param hosts of the services that lead to the port */
export function patchedTowardsWorkload(
  patches: readonly EnvoyPatch[],
  { cluster, leadsTo }: Pick<InboundPort, 'cluster' | 'leadsTo'>,
  port: number,
  hosts: readonly string[],
): Partial<Pick<InboundPort, 'http' | 'hasNoCluster'>> {
  const parts: Parts = { name: cluster, hosts: hosts.length > 0 ? hosts : [''], subset: '', port }
  const own = patches.filter((patch) => patch.applyTo === 'CLUSTER' && isFor(patch, parts)).map(({ value }) => message(value, 'value'))
  // There is one place for it alone, or a list with that of the Sidecar.
  const isWhereDialled = leadsTo.isTold === undefined && leadsTo.at === 'pod' && cluster !== blackHole
  return {
    ...(own.some((fields) => fields['http2_protocol_options'] !== undefined) && { http: 'http2' }),
    ...(isWhereDialled && own.some((fields) => balancings[String(fields['lb_policy'] ?? '')] !== undefined) && { hasNoCluster: true }),
  }
}
