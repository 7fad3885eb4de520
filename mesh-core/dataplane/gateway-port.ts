import type { HttpRequest } from '../ir/message.ts'
import type { Registry, WorkloadInstance } from '../registry/registry.ts'
import { splitAuthority } from './dial.ts'
import type { Dialled } from './dial.ts'

/** A client outside dials a port of the gateway's Service, which leads to a port of the gateway's pod; any other port is the pod's own. */
export function dialGateway(registry: Registry, gateway: WorkloadInstance, authority: string, scheme: HttpRequest['scheme']): Dialled {
  const { hostname, port } = splitAuthority(authority, scheme)
  return { hostname, address: gateway.address, port: podPort(registry, gateway, port), service: null }
}

function podPort(registry: Registry, gateway: WorkloadInstance, port: number): number {
  for (const service of registry.services) {
    if (!service.selector || !Object.entries(service.selector).every(([name, value]) => gateway.labels[name] === value)) continue
    const endpoint = registry.endpoints(service, port).find((own) => own.address === gateway.address)
    if (endpoint) return endpoint.port
  }
  return port
}
