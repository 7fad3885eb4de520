import type { InboundPort } from '../ir/inbound-port.ts'
import { isHttp } from '../registry/protocol.ts'
import type { Registry, Service, ServicePort, WorkloadInstance } from '../registry/registry.ts'
import type { DestinationRule } from './destination-rule.ts'
import { portPolicy } from './traffic-policy.ts'
import { inboundHttp } from './upstream-http.ts'

/**
 * A port of a workload as its own sidecar has it: as the service says that leads there, and with the pool of connections that the rule of the service gives to
 * its clients. A port that no service names is sniffed. Source: Istio `core/listener_inbound.go`, `core/cluster_builder.go` buildInboundCluster.
 */
export function inboundPort(
  registry: Registry,
  workload: WorkloadInstance,
  port: number,
  ruleFor: (service: Service) => DestinationRule | undefined,
): InboundPort {
  const found = servicePortAt(registry, workload, port)
  if (!found) return { takes: 'sniffed', http: 'client' }
  const { protocol, number } = found.port
  const takes = isHttp(protocol) ? 'http' : protocol === 'auto' ? 'sniffed' : 'bytes'
  return { takes, http: inboundHttp(protocol, portPolicy(ruleFor(found.service)?.trafficPolicy, number).connectionPool) }
}

function servicePortAt(
  registry: Registry,
  { address }: WorkloadInstance,
  port: number,
): { readonly service: Service; readonly port: ServicePort } | null {
  for (const service of registry.services)
    for (const own of service.ports)
      if (registry.endpoints(service, own.number).some((endpoint) => endpoint.address === address && endpoint.port === port))
        return { service, port: own }
  return null
}
