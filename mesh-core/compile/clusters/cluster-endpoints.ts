import type { Cluster, Endpoint } from '../../ir/cluster.ts'
import { isIpAddress } from '../../registry/dns.ts'
import type { Labels } from '../../registry/labels.ts'
import { selects } from '../../registry/labels.ts'
import type { Service, ServicePort } from '../../registry/registry.ts'
import { nodeLabel } from '../../registry/topology.ts'
import type { ClusterSources, Policies } from './cluster-sources.ts'
import type { Subset } from './destination-rule.ts'
import { byLocality, localityBalancing } from './locality.ts'
import { takesMutualTls, tlsModeOf } from './mutual-tls.ts'

/** Source: Istio `xds/endpoints/endpoint_builder.go` BuildClusterLoadAssignment. */
export function endpointsFor(
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
