import { blackHole, inboundCapturePort, inboundPassthrough } from '../../ir/inbound-port.ts'
import type { ApplicationSocket, InboundPort } from '../../ir/inbound-port.ts'
import { isHttp } from '../../registry/protocol.ts'
import type { RetryPolicy } from '../../ir/route.ts'
import type { Protocol, Registry, Service, ServicePort, WorkloadInstance } from '../../registry/registry.ts'
import type { DestinationRule } from '../clusters/destination-rule.ts'
import type { PortPolicy } from '../clusters/destination-rule-types.ts'
import { bytesAsTheyAre, inboundChains } from './inbound-chains.ts'
import type { MutualTlsMode } from '../authentication/peer-authentication.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import type { IngressSpec, SidecarResource } from '../sidecar/sidecar-resource.ts'
import { connectionLimits, defaultedPolicy, passthroughLimits, portPolicy } from '../clusters/traffic-policy.ts'
import { inboundHttp } from '../clusters/upstream-http.ts'

export interface InboundSources {
  readonly registry: Registry
  /** The Sidecar that the workload follows. */
  readonly sidecar: SidecarResource | null
  readonly ruleFor: (service: Service) => DestinationRule | undefined
  readonly retry: RetryPolicy | null
  readonly mesh: MeshConfig
  /** Of each port of the workload. */
  readonly mutualTls: (port: number) => MutualTlsMode
}

/** What is for the very port of the listener ends there, or it would go round. Source: the same file, buildInboundBlackhole. */
function leadingNowhere(sources: InboundSources): InboundPort {
  return { ...passedThrough({ at: 'pod', port: inboundCapturePort }, sources), chains: bytesAsTheyAre, cluster: blackHole }
}

interface Found {
  readonly service: Service
  readonly port: ServicePort
}

/** Of connections to a port that no listener is for: they go on to where they were going. Source: Istio `core/listener_inbound.go` buildInboundPassthroughChains. */
function passedThrough(leadsTo: ApplicationSocket, { retry, mesh, mutualTls }: InboundSources): InboundPort {
  return {
    chains: inboundChains('sniffed', mutualTls(leadsTo.port)),
    http: 'client',
    limits: passthroughLimits(mesh),
    cluster: inboundPassthrough,
    virtualHost: 'inbound|http|0',
    leadsTo,
    retry,
    pathNormalization: mesh.pathNormalization,
  }
}

/**
 * A port of a workload as its own sidecar has it: as the Sidecar resource lists it; without a list, as the service says that leads there.
 * Source: Istio `core/listener_inbound.go` buildInboundChainConfigs, `core/cluster_builder.go` buildInboundCluster.
 */
export function inboundPort(workload: WorkloadInstance, port: number, sources: InboundSources): InboundPort {
  const { sidecar, registry } = sources
  if (port === inboundCapturePort) return leadingNowhere(sources)
  const service: Found | null = servicePortsAt(registry, workload, port)[0] ?? null
  const own: ApplicationSocket = { at: 'pod', port }
  // Source: Istio `core/cluster.go` buildInboundClustersFromServiceInstances.
  const ofService: ApplicationSocket = sources.mesh.dialsLoopback ? { at: 'loopback', port } : own
  if (sidecar === null || sidecar.ingress.length === 0)
    return service
      ? listenerOf(
          {
            protocol: service.port.protocol,
            port,
            servicePort: service.port.number,
            leadsTo: ofService,
            policy: policyOf(service, service.port.number, sources),
          },
          sources,
        )
      : passedThrough(own, sources)
  const listed = sidecar.ingress.find((ingress) => ingress.port === port)
  // A listener with a port of its own does not come about where the application has it already.
  if (!listed || (listed.bindsToPort && workload.ports.some(({ number }) => number === port))) return passedThrough(own, sources)
  // The rule of the service that leads there acts here, too; its settings of ports are looked up by the number in the list.
  const policy = policyOf(service, port, sources, listed)
  return listenerOf({ protocol: listed.protocol, port, servicePort: port, leadsTo: toldBy(listed) ?? own, policy }, sources)
}

function toldBy({ defaultEndpoint }: IngressSpec): ApplicationSocket | null {
  return defaultEndpoint && { ...defaultEndpoint, isTold: true }
}

interface Listened {
  readonly protocol: Protocol
  readonly port: number
  readonly servicePort: number
  readonly leadsTo: ApplicationSocket
  readonly policy: PortPolicy
}

/** Streams of gRPC are not tried again. Source: Istio `core/route/route.go` BuildDefaultHTTPInboundRoute. */
function listenerOf({ protocol, port, servicePort, leadsTo, policy }: Listened, sources: InboundSources): InboundPort {
  const takes = isHttp(protocol) ? 'http' : protocol === 'auto' ? 'sniffed' : 'bytes'
  const isGrpc = protocol === 'grpc' || protocol === 'grpc-web'
  const { retry, mesh, mutualTls } = sources
  const named = { cluster: `inbound|${port}||`, virtualHost: `inbound|http|${servicePort}` }
  return {
    chains: inboundChains(takes, mutualTls(port)),
    http: inboundHttp(protocol, policy.connectionPool),
    limits: connectionLimits(policy),
    ...named,
    leadsTo,
    retry: isGrpc ? null : retry,
    pathNormalization: mesh.pathNormalization,
  }
}

/**
 * What the rule of the service and the mesh say of pools; one of the Sidecar stands in the place of that whole pool.
 * Source: Istio `core/cluster_builder.go` buildInboundCluster, `model/sidecar.go` InboundConnectionPoolForPort.
 */
function policyOf(found: Found | null, number: number, { sidecar, ruleFor, mesh }: InboundSources, listed?: IngressSpec): PortPolicy {
  const { connectionPool, retryBudget } = defaultedPolicy(found ? portPolicy(ruleFor(found.service)?.trafficPolicy, number) : {}, mesh)
  const pool = listed?.connectionPool ?? sidecar?.inboundConnectionPool ?? connectionPool
  return { ...(pool && { connectionPool: pool }), ...(retryBudget && { retryBudget }) }
}

/** The ports of services that lead to a port of a workload, the one that counts first. Source: Istio `model/context.go` SetServiceTargets. */
export function servicePortsAt(registry: Registry, { address }: WorkloadInstance, port: number): readonly Found[] {
  const leads = (service: Service, { number }: ServicePort): boolean =>
    registry.endpoints(service, number).some((endpoint) => endpoint.address === address && endpoint.port === port)
  return registry.services
    .flatMap((service) => service.ports.filter((own) => leads(service, own)).map((own) => ({ service, port: own })))
    .toSorted((a, b) => a.service.createdMs - b.service.createdMs || (a.service.host < b.service.host ? -1 : a.service.host > b.service.host ? 1 : 0))
}
