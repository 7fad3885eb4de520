import type { Cluster } from '../ir/cluster.ts'
import { selects } from '../registry/labels.ts'
import type { Registry, Service, ServicePort } from '../registry/registry.ts'
import type { DestinationRule } from './destination-rule.ts'
import type { MeshConfig } from './mesh-config.ts'
import { clusterName } from './names.ts'
import { builtIn } from './origin.ts'
import type { PortPolicy } from './destination-rule-types.ts'
import { clusterPolicy, portPolicy, subsetPolicy, upstreamTls } from './traffic-policy.ts'

/** The cluster of each port of a service, and of each subset of each port. Source: Istio `core/cluster.go` buildOutboundClusters. */
export function serviceClusters(service: Service, sources: ClusterSources): Cluster[] {
  const { rule } = sources
  return service.ports
    .filter((port) => port.protocol !== 'udp')
    .flatMap((port) => {
      const whole = serviceCluster(service, port, portPolicy(rule?.trafficPolicy, port.number), sources)
      const subsets = (rule?.subsets ?? []).map((subset) => {
        const policy = subsetPolicy(rule?.trafficPolicy, subset.trafficPolicy, port.number)
        const cluster = serviceCluster(service, port, policy, sources)
        return {
          ...cluster,
          name: clusterName(service.host, port.number, subset.name),
          destination: { host: service.host, port: port.number, subset: subset.name },
          endpoints: cluster.endpoints.filter((endpoint) => selects(subset.labels, endpoint.labels)),
          origin: subset.origin,
        }
      })
      return [whole, ...subsets]
    })
}

export interface ClusterSources {
  /** The DestinationRule that the client follows. */
  readonly rule: DestinationRule | undefined
  readonly registry: Registry
  readonly mesh: MeshConfig
  /** The client is a gateway: nobody has dialled an address there that could be kept, so a headless service is balanced. */
  readonly gateway: boolean
}

function serviceCluster(service: Service, port: ServicePort, policy: PortPolicy, { rule, registry, mesh, gateway }: ClusterSources): Cluster {
  const decided = clusterPolicy(policy, mesh)
  const passthrough = (service.headless && !gateway) || service.resolution === 'none' || decided.loadBalancing.kind === 'ORIGINAL_DST'
  return {
    name: clusterName(service.host, port.number, ''),
    destination: { host: service.host, port: port.number, subset: '' },
    discovery: passthrough || service.resolution === 'alias' ? 'original-dst' : discoveries[service.resolution],
    endpoints: registry.endpoints(service, port.number),
    ...decided,
    loadBalancing: passthrough ? { kind: 'ORIGINAL_DST' } : decided.loadBalancing,
    tls: upstreamTls(policy.tls, service.host, service.external, mesh),
    origin: rule?.origin ?? service.origin,
  }
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
  const base = { destination: null, endpoints: [], ...clusterPolicy({}, mesh), tls: { mode: 'disable' } as const, panicThreshold: 0 }
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
