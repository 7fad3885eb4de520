import type { Cluster, Endpoint } from '../../ir/cluster.ts'
import { isHttp } from '../../registry/protocol.ts'
import type { ClusterSources, PortOrSubset } from './cluster-sources.ts'

/**
 * istiod makes no cluster of names where there are none, and Envoy resolves one for a cluster of DNS_ROUND_ROBIN and takes no several.
 * Source: Istio `core/cluster_builder.go` buildCluster, Envoy `logical_dns_cluster.cc`.
 */
export function isRefused({ discovery, endpoints }: Cluster): boolean {
  return (discovery === 'logical-dns' && endpoints.length !== 1) || (discovery === 'strict-dns' && endpoints.length === 0)
}

/** A proxy reads the list of what is revoked itself, and takes no cluster without it. Source: Istio `core/cluster_tls.go` buildUpstreamClusterTLSContext. */
export function lacksRevocations({ policies: { effective } }: PortOrSubset, { secrets, files }: ClusterSources): boolean {
  const { mode, caCrl = '', credentialName, insecureSkipVerify } = effective.tls ?? {}
  const isRead = caCrl !== '' && (mode === 'SIMPLE' || mode === 'MUTUAL') && !credentialName && !insecureSkipVerify
  return isRead && !secrets.hasFile(files, caCrl)
}

/** Proxies of IPv4 look names up for addresses of IPv4 alone, and an address is a name to them like others. Source: Istio `core/cluster_builder.go` setUpstreamProtocol, Envoy `dns_lookup_family: V4_ONLY`. */
export function withFound(cluster: Cluster): Cluster {
  const { discovery, endpoints, localities } = cluster
  const isFound = ({ address }: Endpoint): boolean => !address.includes(':')
  if ((discovery !== 'strict-dns' && discovery !== 'logical-dns') || endpoints.every(isFound)) return cluster
  const groups = localities?.groups.map((group) => ({ ...group, endpoints: group.endpoints.filter(isFound) }))
  return { ...cluster, endpoints: endpoints.filter(isFound), localities: localities && { ...localities, groups: groups! } }
}

/**
 * One that looks names up and has options of HTTP must say that it asks servers for certificates, and istiod says so where there is TLS alone, mutual TLS that it
 * infers included. Source: Envoy `dynamic_forward_proxy/cluster.cc` ClusterFactory, Istio `core/cluster_builder.go` setUpstreamProtocol.
 */
export function isInsecure(cluster: Cluster, { port: { protocol }, policies }: PortOrSubset, { mesh }: ClusterSources): boolean {
  if (cluster.discovery !== 'dynamic-dns' || cluster.tls.mode !== 'disable') return false
  const limits = cluster.maxRequestsPerConnection !== null || cluster.maxConnectionDurationMs !== null || cluster.idleTimeoutMs !== idleTimeoutMs
  const ofHttp2 = cluster.maxConcurrentStreams !== null || policies.effective.connectionPool?.http?.http2KeepAlive !== undefined
  const keepsCase = isHttp(protocol) && mesh.defaultConfig.proxyHeaders?.preserveHttp1HeaderCase === true
  return cluster.http !== 'http1' || limits || ofHttp2 || keepsCase || cluster.outlierDetection?.errorCodes !== undefined
}

/** Envoy's own. */
const idleTimeoutMs = 3_600_000
