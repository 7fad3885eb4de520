import { blackHole, inboundCapturePort, inboundPassthrough } from '../ir/inbound-port.ts'
import type { ApplicationSocket, InboundPort } from '../ir/inbound-port.ts'
import { isHttp } from '../registry/protocol.ts'
import type { PathNormalization } from '../ir/proxy-config.ts'
import type { RetryPolicy } from '../ir/route.ts'
import type { Protocol, Registry, Service, ServicePort, WorkloadInstance } from '../registry/registry.ts'
import type { DestinationRule } from './destination-rule.ts'
import type { ConnectionPool } from './destination-rule-types.ts'
import { bytesAsTheyAre, inboundChains } from './inbound-chains.ts'
import type { MutualTlsMode } from './peer-authentication.ts'
import type { IngressSpec, SidecarResource } from './sidecar-resource.ts'
import { portPolicy } from './traffic-policy.ts'
import { inboundHttp } from './upstream-http.ts'

export interface InboundSources {
  readonly registry: Registry
  /** The Sidecar that the workload follows. */
  readonly sidecar: SidecarResource | null
  readonly ruleFor: (service: Service) => DestinationRule | undefined
  readonly retry: RetryPolicy | null
  /** Of each port of the workload. */
  readonly mutualTls: (port: number) => MutualTlsMode
  readonly pathNormalization: PathNormalization
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
function passedThrough(leadsTo: ApplicationSocket, { retry, pathNormalization, mutualTls }: InboundSources): InboundPort {
  return {
    chains: inboundChains('sniffed', mutualTls(leadsTo.port)),
    http: 'client',
    cluster: inboundPassthrough,
    virtualHost: 'inbound|http|0',
    leadsTo,
    retry,
    pathNormalization,
  }
}

/**
 * A port of a workload as its own sidecar has it: as the Sidecar resource lists it; without a list, as the service says that leads there.
 * Source: Istio `core/listener_inbound.go` buildInboundChainConfigs, `core/cluster_builder.go` buildInboundCluster.
 */
export function inboundPort(workload: WorkloadInstance, port: number, sources: InboundSources): InboundPort {
  const { sidecar, registry } = sources
  if (port === inboundCapturePort) return leadingNowhere(sources)
  const service: Found | null = servicePortsAt(registry, workload, port).next().value ?? null
  const own: ApplicationSocket = { at: 'pod', port }
  if (sidecar === null || sidecar.ingress.length === 0)
    return service
      ? listenerOf(
          {
            protocol: service.port.protocol,
            port,
            servicePort: service.port.number,
            leadsTo: own,
            pool: poolOf(service, service.port.number, sources),
          },
          sources,
        )
      : passedThrough(own, sources)
  const listed = sidecar.ingress.find((ingress) => ingress.port === port)
  // A listener with a port of its own does not come about where the application has it already.
  if (!listed || (listed.bindsToPort && workload.ports.some(({ number }) => number === port))) return passedThrough(own, sources)
  // The rule of the service that leads there acts here, too; its settings of ports are looked up by the number in the list.
  const pool = poolOf(service, port, sources, listed)
  return listenerOf({ protocol: listed.protocol, port, servicePort: port, leadsTo: listed.defaultEndpoint ?? own, pool }, sources)
}

interface Listened {
  readonly protocol: Protocol
  readonly port: number
  readonly servicePort: number
  readonly leadsTo: ApplicationSocket
  readonly pool: ConnectionPool | undefined
}

/** Streams of gRPC are not tried again. Source: Istio `core/route/route.go` BuildDefaultHTTPInboundRoute. */
function listenerOf({ protocol, port, servicePort, leadsTo, pool }: Listened, sources: InboundSources): InboundPort {
  const takes = isHttp(protocol) ? 'http' : protocol === 'auto' ? 'sniffed' : 'bytes'
  const isGrpc = protocol === 'grpc' || protocol === 'grpc-web'
  const { retry, pathNormalization, mutualTls } = sources
  const named = { cluster: `inbound|${port}||`, virtualHost: `inbound|http|${servicePort}` }
  return {
    chains: inboundChains(takes, mutualTls(port)),
    http: inboundHttp(protocol, pool),
    ...named,
    leadsTo,
    retry: isGrpc ? null : retry,
    pathNormalization,
  }
}

/** A pool of the Sidecar stands in the place of the whole pool of the rule. Source: Istio `model/sidecar.go` InboundConnectionPoolForPort. */
function poolOf(found: Found | null, number: number, { sidecar, ruleFor }: InboundSources, listed?: IngressSpec): ConnectionPool | undefined {
  const own = listed?.connectionPool ?? sidecar?.inboundConnectionPool
  return own ?? (found ? portPolicy(ruleFor(found.service)?.trafficPolicy, number).connectionPool : undefined)
}

/** The ports of services that lead to a port of a workload, the one that counts first. */
export function* servicePortsAt(registry: Registry, { address }: WorkloadInstance, port: number): Generator<Found> {
  for (const service of registry.services)
    for (const own of service.ports)
      if (registry.endpoints(service, own.number).some((endpoint) => endpoint.address === address && endpoint.port === port))
        yield { service, port: own }
}
