import type { Receiver } from './delivery.ts'
import type { Plane } from './plane.ts'
import { receiverOf, takesConnections } from './receiver.ts'

/**
 * Who answers at an address and a port of the network, past all rules of the mesh: a pod, a pod of the service that kube-proxy picks,
 * or the world outside. `null`: nobody listens there.
 */
export function receiverAt(plane: Plane, address: string, port: number): (Receiver & { readonly port: number; readonly address: string }) | null {
  const { registry } = plane.model
  const pod = registry.workloadAt(address)
  if (pod) {
    return takesConnections(plane, pod, port) ? { ...receiverOf(plane, pod.ref, pod.labels), address, port } : null
  }
  const service = registry.serviceAt(address)
  // Behind an address that Kubernetes does not know stands but who has it.
  if (service?.provider !== 'Kubernetes') return { ...receiverOf(plane, null, {}), address, port }
  const endpoints = registry.endpoints(service, port).filter(({ healthy }) => healthy)
  if (endpoints.length === 0) return null
  const endpoint = endpoints[plane.chance.balance.below(endpoints.length)]!
  return { ...receiverOf(plane, endpoint.workload, endpoint.labels), address: endpoint.address, port: endpoint.port }
}
