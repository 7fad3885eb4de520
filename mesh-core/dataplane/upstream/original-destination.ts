import type { Registry, WorkloadInstance } from '../../registry/registry.ts'
import type { WorkloadRef } from '../../ir/cluster.ts'
import type { ClientConnection } from '../client-connection.ts'
import type { ClusterRuntime } from './cluster-runtime.ts'
import type { Receiver } from '../shipment.ts'
import type { WayOfArrival } from '../model.ts'
import type { Plane } from '../plane.ts'
import { receiverOf, takesConnections } from '../receiver.ts'

/** Who has an address of the network: a pod, an endpoint that kube-proxy forwards to, or the world outside (`ref` is `null`). */
export interface Addressee {
  readonly ref: WorkloadRef | null
  /** Present where the address itself is that of a workload. */
  readonly dialled?: WorkloadInstance
  readonly labels: Readonly<Record<string, string>>
  readonly address: string
  readonly port: number
}

/**
 * Whose an address and a port of the network are, past all rules of the mesh. Behind an address that Kubernetes does not know stands but who has it, whatever a
 * ServiceEntry says.
 * @param below draws one of so many endpoints, as kube-proxy does
 * @returns `null`: a service without endpoints
 */
export function addresseeAt(registry: Registry, address: string, port: number, below: (count: number) => number): Addressee | null {
  const pod = registry.workloadAt(address)
  if (pod) return { ref: pod.ref, dialled: pod, labels: pod.labels, address, port }
  const service = registry.serviceAt(address)
  if (service?.provider !== 'Kubernetes') return { ref: null, labels: {}, address, port }
  // kube-proxy passes endpoints without a port over.
  const endpoints = registry.ownEndpoints(service, port).filter(({ healthy, port }) => healthy && port > 0)
  if (endpoints.length === 0) return null
  const endpoint = endpoints[below(endpoints.length)]!
  return { ref: endpoint.workload, labels: endpoint.labels, address: endpoint.address, port: endpoint.port }
}

/** Who answers somewhere, and where that is. */
export type Landing = Receiver & { readonly port: number; readonly address: string }

/** Who answers there. `null`: nobody listens. @param way from the address of a service */
export function receiverAt(plane: Plane, address: string, port: number, way: WayOfArrival = 'own-address'): Landing | null {
  const found = drawnAddressee(plane, address, port)
  return found && landingAt(plane, found, way)
}

function drawnAddressee({ model, chance }: Plane, address: string, port: number): Addressee | null {
  return addresseeAt(model.registry, address, port, (count) => chance.balance.below(count))
}

function landingAt(plane: Plane, found: Addressee, way: WayOfArrival): Landing | null {
  const receiver = receiverOf(plane, found.ref, found.labels, found.dialled ? 'own-address' : way)
  const pod = found.dialled ?? receiver.peer.workload?.instance
  if (pod && !takesConnections(plane, pod, found.port, receiver.sidecar)) return null
  return { ...receiver, address: found.address, port: found.port }
}

/** Who answers a client there, by the connection that it has or by a new one. */
export function landingOf(plane: Plane, address: string, port: number, connection: ClientConnection | null): Landing | null {
  const to = `${address}:${port}`
  const found = connection?.end(to, (one) => isStillThere(plane, one)) ?? drawnAddressee(plane, address, port)
  if (found) connection?.lead(to, found)
  return found && landingAt(plane, found, 'own-address')
}

function isStillThere({ model }: Plane, { ref, address }: Addressee): boolean {
  return ref === null || model.registry.workload(ref)?.address === address
}

/** Who answers a proxy there, by a connection that it has kept or by a new one, and what is to be done with that when it has answered. */
export interface KeptLanding {
  readonly landing: Landing | null
  readonly keep: () => void
}

/** @param cluster that keeps the connection */
export function keptLandingAt(plane: Plane, address: string, port: number, { config, kept }: ClusterRuntime): KeptLanding {
  const { clock } = plane
  const to = `${address}:${port}`
  const found = kept.take(to, clock.now() - config.idleTimeoutMs, (one) => isStillThere(plane, one)) ?? drawnAddressee(plane, address, port)
  const keeps = found !== null && found.ref !== null && !found.dialled && config.maxRequestsPerConnection === null
  return {
    landing: found && landingAt(plane, found, 'kept-service-address'),
    keep: () => {
      if (keeps) kept.keep(to, found, clock.now())
    },
  }
}
