import type { WorkloadRef } from '../ir/cluster.ts'
import type { WorkloadInstance } from '../registry/registry.ts'
import type { ApplicationSocket } from '../ir/inbound-port.ts'
import type { Receiver } from './shipment.ts'
import type { WayOfArrival } from './model.ts'
import type { Plane } from './plane.ts'

/** What stands behind a name: a pod that the registry knows, or else the world outside under that name. */
export function receiverOf(
  plane: Plane,
  ref: WorkloadRef | null,
  labels: Readonly<Record<string, string>>,
  way: WayOfArrival = 'own-address',
): Receiver {
  const workload = ref ? plane.workload(ref) : null
  return {
    peer: workload ?? plane.outside(),
    ref: workload?.instance.ref ?? ref,
    version: (workload?.instance.version || labels.version) ?? null,
    app: workload?.instance.app ?? labels.app ?? null,
    sidecar: workload !== null && (way === 'own-address' ? workload.inboundSidecar : plane.model.inboundSidecar(workload.instance, way)),
  }
}

/** Does its application listen there? On the ports that its containers name; one that names none listens everywhere. */
export function listensOn({ ports }: WorkloadInstance, port: number): boolean {
  return ports.length === 0 || ports.some((own) => own.number === port)
}

/** Does its application answer whoever dials there? */
export function answersAt({ model }: Plane, workload: WorkloadInstance, { at, port }: ApplicationSocket): boolean {
  if (at === 'unix' || !listensOn(workload, port)) return false
  const address = model.applicationAddress(workload, port)
  return address === 'any' || address === at
}

/** Does anybody take a connection to a port of a pod? The application, or its sidecar, to which all that comes to the pod is redirected. */
export function takesConnections(
  plane: Plane,
  workload: WorkloadInstance,
  port: number,
  hasSidecar = plane.model.inboundSidecar(workload, 'own-address'),
): boolean {
  if (workload.gateway) return listensOn(workload, port)
  if (hasSidecar) return plane.model.inboundPort(workload, port).isRefused !== true
  return answersAt(plane, workload, { at: 'pod', port })
}
