import type { Registry, WorkloadInstance } from './registry.ts'

/** The ports of a pod: those that its containers name, and those that services lead to. */
export function portsOfPod({ ports: named, address }: WorkloadInstance, registry: Registry): ReadonlySet<number> {
  const ports = new Set(named.map(({ number }) => number))
  for (const service of registry.services)
    for (const port of service.ports)
      for (const endpoint of registry.endpoints(service, port.number)) if (endpoint.address === address) ports.add(endpoint.port)
  return ports
}
