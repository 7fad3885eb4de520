import type { Cluster } from '../ir/cluster.ts'
import type { Labels } from '../registry/labels.ts'
import { selects } from '../registry/labels.ts'
import type { Registry, Service, ServicePort } from '../registry/registry.ts'
import type { DestinationRule, Subset } from './destination-rule.ts'
import type { MeshConfig } from './mesh-config.ts'
import { isIpAddress } from '../registry/dns.ts'
import { clusterName, udpClusterName } from './names.ts'
import { localityBalancing } from './locality.ts'
import type { ClientPlace } from './locality.ts'
import { builtIn } from './origin.ts'
import type { ClientTls, PortPolicy } from './destination-rule-types.ts'
import { outboundHttp } from './upstream-http.ts'
import type { Files, Secrets } from './secrets.ts'
import { clusterPolicy, defaultedPolicy, portPolicy, subsetPolicy } from './traffic-policy.ts'
import { upstreamTls } from './upstream-tls.ts'

/** The cluster of each port of a service, and of each subset of each port. Source: Istio `core/cluster.go` buildOutboundClusters. */
export function serviceClusters(service: Service, sources: ClusterSources): Cluster[] {
  const { rule, mesh } = sources
  return service.ports
    .filter((port) => port.protocol !== 'udp')
    .flatMap((port) => {
      const own = portPolicy(rule?.trafficPolicy, port.number)
      const policies = { own, effective: defaultedPolicy(own, mesh) }
      const subsets = (rule?.subsets ?? []).map((subset) => {
        const merged = (below: PortPolicy) => subsetPolicy(below, subset.trafficPolicy, port.number)
        return serviceCluster(service, port, { own: merged(own), effective: merged(policies.effective) }, sources, subset)
      })
      return [serviceCluster(service, port, policies, sources, null), ...subsets].filter((cluster) => !isRefused(cluster))
    })
}

/** Envoy resolves one name for a cluster of DNS_ROUND_ROBIN, and has no cluster for several or none. Source: Envoy `logical_dns_cluster.cc`. */
function isRefused({ discovery, endpoints }: Cluster): boolean {
  return discovery === 'logical-dns' && endpoints.length !== 1
}

/** Where datagrams to a port of a service go; no policy of the mesh acts on them. */
export function udpCluster(service: Service, port: ServicePort, sources: ClusterSources): Cluster {
  const policies = { own: {}, effective: {} }
  const cluster = serviceCluster(service, port, policies, { ...sources, rule: undefined }, null)
  return { ...cluster, name: udpClusterName(service.host, port.number), tls: { mode: 'disable' } }
}

/**
 * A policy for a port that says nothing of TLS leaves it to the mesh, but what is said for all ports still decides whether endpoints are taken for such as take
 * mutual TLS. Source: Istio `xds/endpoints/mtls_checker.go`.
 */
function plainForAll(rule: DestinationRule | undefined, subset: Subset | null): ClientTls | undefined {
  const mode = (subset?.trafficPolicy?.tls ?? rule?.trafficPolicy?.tls)?.mode
  return mode === undefined || mode === 'ISTIO_MUTUAL' ? undefined : { mode: 'DISABLE' }
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
  /** In the proxy's container. */
  readonly files: Files
}

/** Of the rule alone, and with what the mesh adds. */
interface Policies {
  readonly own: PortPolicy
  readonly effective: PortPolicy
}

function serviceCluster(service: Service, port: ServicePort, policies: Policies, sources: ClusterSources, subset: Subset | null): Cluster {
  const { rule, mesh, gateway } = sources
  const decided = clusterPolicy(policies.effective, mesh)
  const passthrough = (service.headless && !gateway) || service.resolution === 'none' || decided.loadBalancing.kind === 'ORIGINAL_DST'
  const name = subset?.name ?? ''
  const http = outboundHttp(port.protocol, policies.effective.connectionPool, sources)
  return {
    name: clusterName(service.host, port.number, name),
    destination: { host: service.host, port: port.number, subset: name },
    discovery: passthrough || service.resolution === 'alias' ? 'original-dst' : discoveries[service.resolution],
    portOverride: service.resolution === 'none' ? (port.ownTarget ?? null) : null,
    ...endpointsFor(service, port, policies, sources, subset?.labels ?? {}),
    ...decided,
    loadBalancing: passthrough ? { kind: 'ORIGINAL_DST' } : decided.loadBalancing,
    http,
    tls: upstreamTls(policies.effective.tls ?? plainForAll(rule, subset), service, {
      ...sources,
      http,
      selected: (rule?.workloadSelector ?? null) !== null,
    }),
    origin: subset?.origin ?? rule?.origin ?? service.origin,
  }
}

/** Source: Istio `xds/endpoints/endpoint_builder.go` BuildClusterLoadAssignment. */
function endpointsFor(
  service: Service,
  servicePort: ServicePort,
  { own, effective }: Policies,
  { registry, client, mesh }: ClusterSources,
  labels: Labels,
): Pick<Cluster, 'endpoints' | 'localities'> {
  const outlier = own.outlierDetection
  // Who panics must not send to those that are not ready.
  const readyOnly = service.trafficDistribution === 'any' && (outlier?.minHealthPercent ?? 0) > 0
  // Endpoints that a cluster learns of (EDS) have addresses; names that a ServiceEntry of the same host adds are left out.
  const named = service.resolution !== 'registry' && service.resolution !== 'static'
  const all = registry
    .endpoints(service, servicePort.number)
    .filter(
      ({ labels: own, healthy, address, port }) => selects(labels, own) && (healthy || !readyOnly) && (named || isIpAddress(address) || port === 0),
    )
  const localities = localityBalancing(all, client, {
    own: own.loadBalancer?.localityLbSetting,
    trafficDistribution: service.trafficDistribution,
    mesh: mesh.localityLbSetting,
    detectsOutliers: { rule: outlier !== undefined, cluster: effective.outlierDetection !== undefined },
  })
  return { endpoints: localities?.groups.flatMap(({ endpoints }) => endpoints) ?? all, localities }
}

const discoveries: Readonly<Record<Exclude<Service['resolution'], 'alias'>, Cluster['discovery']>> = {
  registry: 'eds',
  static: 'eds',
  dns: 'strict-dns',
  'dns-round-robin': 'logical-dns',
  'dynamic-dns': 'dynamic-dns',
  none: 'original-dst',
}

/** Clusters that every sidecar has. Source: the same file, buildBlackHoleCluster, buildDefaultPassthroughCluster. */
export function specialClusters(mesh: MeshConfig): Cluster[] {
  const base = {
    destination: null,
    portOverride: null,
    endpoints: [],
    localities: null,
    ...clusterPolicy({}, mesh),
    http: 'client' as const,
    tls: { mode: 'disable' } as const,
  }
  return [
    {
      ...base,
      name: 'PassthroughCluster',
      discovery: 'original-dst',
      loadBalancing: { kind: 'ORIGINAL_DST' },
      origin: builtIn('PassthroughCluster'),
    },
    { ...base, name: 'BlackHoleCluster', discovery: 'static', origin: builtIn('BlackHoleCluster') },
  ]
}
