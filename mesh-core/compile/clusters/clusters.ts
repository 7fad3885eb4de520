import type { Cluster } from '../../ir/cluster.ts'
import type { Service, ServicePort } from '../../registry/registry.ts'
import type { Departs } from '../departures.ts'
import { clusterName, sniClusterName, udpClusterName } from '../names.ts'
import { endpointsFor } from './cluster-endpoints.ts'
import type { ClusterSources, Policies, PortOrSubset } from './cluster-sources.ts'
import type { Subset } from './destination-rule.ts'
import type { PortPolicy } from './destination-rule-types.ts'
import { infersMutualTls } from './mutual-tls.ts'
import { isInsecure, isRefused, lacksRevocations, withFound } from './refused-clusters.ts'
import { clusterPolicy, defaultedPolicy, portPolicy, subsetPolicy } from './traffic-policy.ts'
import { outboundHttp } from './upstream-http.ts'
import { askingForHost, upstreamTls } from './upstream-tls.ts'

/** The cluster of each port of a service, and of each subset of each port. Source: Istio `core/cluster.go` buildOutboundClusters. */
export function serviceClusters(service: Service, sources: ClusterSources, departs: Departs): Cluster[] {
  return portsAndSubsets(service, sources)
    .map((one) => ({ ...one, cluster: serviceCluster(service, one.port, one.policies, sources, one.subset) }))
    .filter(({ cluster, ...one }) => !isRefused(cluster) && !lacksRevocations(one, sources))
    .filter(({ cluster, ...one }) => !departs('namesAreLookedUpWithoutHttpOptions') || !isInsecure(cluster, one, sources))
    .map(({ cluster }) => withFound(cluster))
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

/** Where datagrams to a port of a service go; no policy of the mesh acts on them. */
export function udpCluster(service: Service, port: ServicePort, sources: ClusterSources): Cluster {
  const policies = { own: {}, effective: {}, keepsDestination: false }
  const cluster = serviceCluster(service, port, policies, { ...sources, rule: undefined }, null)
  return { ...cluster, name: udpClusterName(service.host, port.number), tls: { mode: 'disable' } }
}

/** PASSTHROUGH of a subset counts whatever it says of the port. Source: Istio `core/cluster_builder.go` buildSubsetCluster. */
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
