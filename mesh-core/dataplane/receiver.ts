import type { WorkloadRef } from '../ir/cluster.ts'
import type { WorkloadInstance } from '../registry/registry.ts'
import type { Receiver } from './delivery.ts'
import type { Plane } from './plane.ts'

/** What stands behind a name: a pod that the registry knows, or else the world outside under that name. */
export function receiverOf(plane: Plane, ref: WorkloadRef | null, labels: Readonly<Record<string, string>>): Receiver {
  const workload = ref ? plane.workload(ref) : null
  return {
    peer: workload ?? plane.outside(),
    ref: workload?.instance.ref ?? ref,
    version: (workload?.instance.version || labels.version) ?? null,
    app: workload?.instance.app ?? labels.app ?? null,
  }
}

/** Does its application listen there? On the ports that its containers name; one that names none listens everywhere. */
export function listensOn({ ports }: WorkloadInstance, port: number): boolean {
  return ports.length === 0 || ports.some((own) => own.number === port)
}
