import type { Cluster, Endpoint, UpstreamTls } from '../../ir/cluster.ts'
import type { Labels } from '../../registry/labels.ts'
import { selects } from '../../registry/labels.ts'
import { nodeLabel } from '../../registry/topology.ts'
import type { Registry, Service, ServicePort } from '../../registry/registry.ts'
import type { Departs } from '../departures.ts'
import type { DestinationRule, Subset } from './destination-rule.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import { isIpAddress } from '../../registry/dns.ts'
import { isHttp } from '../../registry/protocol.ts'
import { clusterName, sniClusterName, udpClusterName } from '../names.ts'
import { byLocality, localityBalancing } from './locality.ts'
import type { ClientPlace } from './locality.ts'
import { infersMutualTls, takesMutualTls, tlsModeOf } from './mutual-tls.ts'
import { builtIn } from '../origin.ts'
import type { PeerAuthentications } from '../authentication/peer-authentication.ts'
import type { PortPolicy } from './destination-rule-types.ts'
import { outboundHttp } from './upstream-http.ts'
import type { Files, Secrets } from '../gateway/secrets.ts'
import { clusterPolicy, defaultedPolicy, passthroughLimits, portPolicy, subsetPolicy } from './traffic-policy.ts'
import { upstreamTls } from './upstream-tls.ts'
import { byNameInHost } from '../sidecar/unknown-traffic.ts'

/** The cluster of each port of a service, and of each subset of each port. Source: Istio `core/cluster.go` buildOutboundClusters. */
export function serviceClusters(service: Service, sources: ClusterSources, departs: Departs): Cluster[] {
  return portsAndSubsets(service, sources)
    .map((one) => ({ ...one, cluster: serviceCluster(service, one.port, one.policies, sources, one.subset) }))
    .filter(({ cluster, ...one }) => !isRefused(cluster) && !lacksRevocations(one, sources))
    .filter(({ cluster, ...one }) => !departs('namesAreLookedUpWithoutHttpOptions') || !isInsecure(cluster, one, sources))
    .map(({ cluster }) => withFound(cluster))
}

interface PortOrSubset {
  readonly port: ServicePort
  readonly policies: Policies
  /** `null`: of the service as a whole. */
  readonly subset: Subset | null
}

/** Whoever is looked up by the name that is asked for is of no subset: istiod makes no cluster of one. Seen with 1.32. */
function portsAndSubsets(service: Service, { rule, mesh }: ClusterSources): PortOrSubset[] {
  const ofRule = service.resolution === 'dynamic-dns' ? [] : (rule?.subsets ?? [])
  return service.ports
    .filter((port) => port.protocol !== 'udp')
    .flatMap((port) => {
      const own = portPolicy(rule?.trafficPolicy, port.number)
      const effective = defaultedPolicy(own, mesh)
      const policies = { own, effective, keepsDestination: keepsDestination(effective) }
      const subsets = ofRule.map((subset) => {
        const merged = (below: PortPolicy) => subsetPolicy(below, subset.trafficPolicy, port.number)
        return { port, policies: { ...policies, own: merged(own), effective: merged(effective) }, subset }
      })
      return [{ port, policies, subset: null }, ...subsets]
    })
}

/**
 * istiod makes no cluster of names where there are none, and Envoy resolves one for a cluster of DNS_ROUND_ROBIN and takes no several.
 * Source: Istio `core/cluster_builder.go` buildCluster, Envoy `logical_dns_cluster.cc`.
 */
function isRefused({ discovery, endpoints }: Cluster): boolean {
  return (discovery === 'logical-dns' && endpoints.length !== 1) || (discovery === 'strict-dns' && endpoints.length === 0)
}

/** A proxy reads the list of what is revoked itself, and takes no cluster without it. Source: Istio `core/cluster_tls.go` buildUpstreamClusterTLSContext. */
function lacksRevocations({ policies: { effective } }: PortOrSubset, { secrets, files }: ClusterSources): boolean {
  const { mode, caCrl = '', credentialName, insecureSkipVerify } = effective.tls ?? {}
  const isRead = caCrl !== '' && (mode === 'SIMPLE' || mode === 'MUTUAL') && !credentialName && !insecureSkipVerify
  return isRead && !secrets.hasFile(files, caCrl)
}

/** Proxies of IPv4 look names up for addresses of IPv4 alone, and an address is a name to them like others. Source: Istio `core/cluster_builder.go` setUpstreamProtocol, Envoy `dns_lookup_family: V4_ONLY`. */
function withFound(cluster: Cluster): Cluster {
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
function isInsecure(cluster: Cluster, { port: { protocol }, policies }: PortOrSubset, { mesh }: ClusterSources): boolean {
  if (cluster.discovery !== 'dynamic-dns' || cluster.tls.mode !== 'disable') return false
  const limits = cluster.maxRequestsPerConnection !== null || cluster.maxConnectionDurationMs !== null || cluster.idleTimeoutMs !== idleTimeoutMs
  const ofHttp2 = cluster.maxConcurrentStreams !== null || policies.effective.connectionPool?.http?.http2KeepAlive !== undefined
  const keepsCase = isHttp(protocol) && mesh.defaultConfig.proxyHeaders?.preserveHttp1HeaderCase === true
  return cluster.http !== 'http1' || limits || ofHttp2 || keepsCase || cluster.outlierDetection?.errorCodes !== undefined
}

/** Envoy's own. */
const idleTimeoutMs = 3_600_000

/** Where datagrams to a port of a service go; no policy of the mesh acts on them. */
export function udpCluster(service: Service, port: ServicePort, sources: ClusterSources): Cluster {
  const policies = { own: {}, effective: {}, keepsDestination: false }
  const cluster = serviceCluster(service, port, policies, { ...sources, rule: undefined }, null)
  return { ...cluster, name: udpClusterName(service.host, port.number), tls: { mode: 'disable' } }
}

export interface ClusterSources {
  /** The DestinationRule that the client follows. */
  readonly rule: DestinationRule | undefined
  readonly client: ClientPlace
  readonly registry: Registry
  readonly mesh: MeshConfig
  /** The client is a gateway: nobody has dialled an address there that could be kept, so a headless service is balanced. */
  readonly gateway: boolean
  readonly secrets: Secrets
  readonly peerAuthentications: PeerAuthentications
  /** In the proxy's container. */
  readonly files: Files
}

/** Of the rule alone, and with what the mesh adds. */
interface Policies {
  readonly own: PortPolicy
  readonly effective: PortPolicy
  /** Those of the host as a whole do: PASSTHROUGH is that of its subsets, too, whatever they say. Source: Istio `core/cluster_builder.go` buildSubsetCluster. */
  readonly keepsDestination: boolean
}

/** PASSTHROUGH of a subset counts whatever it says of the port. Source: the same file. */
function keepsDestination(policy: PortPolicy | undefined): boolean {
  return policy?.loadBalancer?.simple === 'PASSTHROUGH'
}

function serviceCluster(service: Service, port: ServicePort, policies: Policies, sources: ClusterSources, subset: Subset | null): Cluster {
  const { rule, mesh, gateway } = sources
  const decided = clusterPolicy(policies.effective, mesh)
  const isKept = policies.keepsDestination || keepsDestination(subset?.trafficPolicy) || keepsDestination(policies.effective)
  // A cluster that looks names up stays one, whatever its rule says of balancing. Source: Istio `core/cluster_traffic_policy.go` applyLoadBalancer.
  const passthrough = service.resolution !== 'dynamic-dns' && ((service.headless && !gateway) || service.resolution === 'none' || isKept)
  const name = subset?.name ?? ''
  const http = outboundHttp(port.protocol, policies.effective.connectionPool, sources)
  const inferred = infersMutualTls(service, port, subset ? subset.trafficPolicy : rule?.trafficPolicy, sources)
  const tls = upstreamTls(policies.effective.tls, service, { ...sources, http, inferred, selected: (rule?.workloadSelector ?? null) !== null })
  return {
    name: clusterName(service.host, port.number, name),
    destination: { host: service.host, port: port.number, subset: name },
    discovery: passthrough || service.resolution === 'alias' ? 'original-dst' : discoveries[service.resolution],
    portOverride: service.resolution === 'none' ? (port.ownTarget ?? null) : null,
    ...(passthrough && subset && { siblings: sources.registry.endpoints(service, port.number) }),
    ...endpointsFor(service, port, policies, sources, { subset, byTls: passthrough ? 'as they are' : 'checked' }),
    ...decided,
    loadBalancing: passthrough ? { kind: 'ORIGINAL_DST' } : decided.loadBalancing,
    http,
    ...(policies.effective.proxyProtocol && { proxyProtocol: policies.effective.proxyProtocol.version === 'V2' ? ('V2' as const) : ('V1' as const) }),
    tls: service.resolution === 'dynamic-dns' ? askingForHost(tls) : tls,
    origin: subset?.origin ?? rule?.origin ?? service.origin,
  }
}

/** Source: Istio `xds/endpoints/endpoint_builder.go` BuildClusterLoadAssignment. */
function endpointsFor(
  service: Service,
  servicePort: ServicePort,
  { own, effective }: Policies,
  { registry, client, mesh, rule, peerAuthentications }: ClusterSources,
  { subset, byTls }: { readonly subset: Subset | null; readonly byTls: 'as they are' | 'checked' | 'mutual only' },
): Pick<Cluster, 'endpoints' | 'localities'> {
  const labels: Labels = subset?.labels ?? {}
  const outlier = own.outlierDetection
  // Who panics must not send to those that are not ready.
  const readyOnly = service.trafficDistribution === 'any' && (outlier?.minHealthPercent ?? 0) > 0
  // Endpoints that a cluster learns of (EDS) have addresses; names that a ServiceEntry of the same host adds are left out.
  const named = service.resolution !== 'registry' && service.resolution !== 'static'
  const isNear = ({ labels: own }: Endpoint): boolean => !service.nodeLocal || own[nodeLabel] === client.labels[nodeLabel]
  const chosen = registry
    .endpoints(service, servicePort.number)
    .filter(
      (one) => selects(labels, one.labels) && (one.healthy || !readyOnly) && (named || isIpAddress(one.address) || one.port === 0) && isNear(one),
    )
  const ruled = tlsModeOf(rule, subset, servicePort.number)
  const isMutual = (endpoint: Endpoint): boolean => takesMutualTls(endpoint, ruled, peerAuthentications)
  const all = byTls === 'as they are' ? chosen : byTls === 'checked' ? chosen.map((one) => withTlsMode(one, isMutual(one))) : chosen.filter(isMutual)
  const localities = localityBalancing(all, client, {
    own: own.loadBalancer,
    trafficDistribution: service.trafficDistribution,
    mesh,
    detectsOutliers: { rule: outlier !== undefined, cluster: effective.outlierDetection !== undefined },
  })
  if (named) return { endpoints: localities?.groups.flatMap(({ endpoints }) => endpoints) ?? all, localities }
  // They come by their localities, also where those do not count.
  return ofEachAddressOne({ endpoints: byLocality(all).flatMap(({ endpoints }) => endpoints), localities })
}

/** Weights of localities are what they were. Source: Envoy `extensions/clusters/eds/eds.cc` updateLocalityEndpoints. */
function ofEachAddressOne({ endpoints: all, localities }: Pick<Cluster, 'endpoints' | 'localities'>): Pick<Cluster, 'endpoints' | 'localities'> {
  const taken = new Set<string>()
  const isFirst = ({ address, port }: Endpoint): boolean => taken.size < taken.add(`${address}|${port}`).size
  if (!localities) return { endpoints: all.filter(isFirst), localities }
  const groups = localities.groups.map((group) => ({ ...group, endpoints: group.endpoints.filter(isFirst) }))
  return { endpoints: groups.flatMap(({ endpoints }) => endpoints), localities: { ...localities, groups } }
}

function withTlsMode(endpoint: Endpoint, isMutual: boolean): Endpoint {
  const tlsMode = isMutual ? 'istio' : 'disabled'
  return endpoint.tlsMode === tlsMode ? endpoint : { ...endpoint, tlsMode }
}

/**
 * Where a gateway sends mutual TLS on that it does not end: to those alone who take it. Source: Istio `core/cluster.go` buildOutboundSniDnatClusters,
 * `xds/endpoints/ep_filters.go` EndpointsWithMTLSFilter.
 */
export function sniClusters(service: Service, sources: ClusterSources): Cluster[] {
  return portsAndSubsets(service, sources).map(({ port, policies, subset }) => ({
    ...withoutProxyProtocol(serviceCluster(service, port, policies, sources, subset)),
    ...endpointsFor(service, port, policies, sources, { subset, byTls: 'mutual only' }),
    name: sniClusterName(service.host, port.number, subset?.name ?? ''),
    tls: { mode: 'disable' },
  }))
}

function withoutProxyProtocol({ proxyProtocol: _, ...cluster }: Cluster): Cluster {
  return cluster
}

const discoveries: Readonly<Record<Exclude<Service['resolution'], 'alias'>, Cluster['discovery']>> = {
  registry: 'eds',
  static: 'eds',
  dns: 'strict-dns',
  'dns-round-robin': 'logical-dns',
  'dynamic-dns': 'dynamic-dns',
  none: 'original-dst',
}

/**
 * Of requests to hosts that nothing is known of, with ALLOW_ANY_DYNAMIC_DNS. Source: Istio `core/cluster_builder.go` buildAllowAnyDFPCluster.
 */
export function clusterByName(sources: Omit<ClusterSources, 'rule' | 'client'>): Cluster {
  const { mesh } = sources
  const tls = upstreamTls(mesh.outboundTrafficPolicy.tls, null, { ...sources, http: 'client', inferred: false, selected: false })
  return {
    ...specialCluster(mesh),
    name: byNameInHost,
    discovery: 'dynamic-dns',
    tls: askingForHost(tls),
    origin: builtIn(byNameInHost),
  }
}

/** Who is looked up by a name has a certificate with it, whatever else is asked for. Source: Envoy `dynamic_forward_proxy/cluster.cc`. */
function askingForHost(tls: UpstreamTls): UpstreamTls {
  return tls.mode === 'originate' ? { ...tls, validation: tls.validation && { ...tls.validation, ofHost: true } } : tls
}

function specialCluster(mesh: MeshConfig): Omit<Cluster, 'name' | 'discovery' | 'origin'> {
  return {
    destination: null,
    portOverride: null,
    endpoints: [],
    localities: null,
    ...clusterPolicy({}, mesh),
    http: 'client',
    tls: { mode: 'disable' },
  }
}

/** Clusters that every sidecar has. Source: the same file, buildBlackHoleCluster, buildDefaultPassthroughCluster. */
export function specialClusters(mesh: MeshConfig): Cluster[] {
  const base = specialCluster(mesh)
  return [
    {
      ...base,
      ...passthroughLimits(mesh),
      connectTimeoutMs: clusterPolicy(mesh.defaultTrafficPolicy, mesh).connectTimeoutMs,
      name: 'PassthroughCluster',
      discovery: 'original-dst',
      loadBalancing: { kind: 'ORIGINAL_DST' },
      origin: builtIn('PassthroughCluster'),
    },
    { ...base, name: 'BlackHoleCluster', discovery: 'static', origin: builtIn('BlackHoleCluster') },
  ]
}
