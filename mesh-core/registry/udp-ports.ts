import type { Registry, WorkloadInstance } from './registry.ts'

/** The ports on which a pod's application takes datagrams: those that its containers name so, and those that UDP ports of services lead to. */
export function udpPortsOf(workload: WorkloadInstance, registry: Registry): ReadonlySet<number> {
  const ports = new Set(workload.ports.flatMap(({ number, udp }) => (udp ? [number] : [])))
  for (const service of registry.services)
    for (const port of service.ports)
      if (port.protocol === 'udp')
        for (const endpoint of registry.endpoints(service, port.number)) if (endpoint.address === workload.address) ports.add(endpoint.port)
  return ports
}
