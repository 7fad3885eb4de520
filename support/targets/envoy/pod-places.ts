import type { WorkloadRef } from '../../../mesh-core/ir/cluster.ts'
import type { Registry, WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { freePorts } from './free-ports.ts'
import type { SocketAddress } from './xds/placement.ts'

/** Ports of 127.0.0.1 that belong to one pod. */
interface OwnPorts {
  /** Of the workload itself: by the pod's own port. */
  readonly workload: Map<number, number>
  /** Of its sidecar's outbound side. */
  outbound: number
  /** Of its sidecar's inbound side, or of its gateway's listeners: by the pod's own port. */
  readonly byPodPort: Map<number, number>
}

/** Nobody listens there: what a port is that a pod does not have. The port is TCPMUX's, which no machine of today serves. */
export const nowhere: SocketAddress = { address: '127.0.0.1', port: 1 }

/** Of ports that no service of today has (IANA), so that of several endpoints at which nobody listens each is an endpoint of its own. */
const nobodysPorts = [1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16]

/** The port of a pod that stands for all that nobody names: its sidecar takes connections at every one. */
export const anyOther = 0

/** Where every pod of one mesh is in truth, and the world outside. */
export class PodPlaces {
  readonly #hasInbound: (workload: WorkloadInstance) => boolean
  readonly #pods = new Map<string, OwnPorts>()
  /** By what they stand for: `10.244.0.5:80`. */
  readonly #nobodys = new Map<string, number>()
  /** Where the world outside answers for each of its ports; 0 stands for all that are not among them. */
  outsidePorts: ReadonlyMap<number, number> = new Map()

  /** @param hasInbound whether the workload's own sidecar takes its connections */
  constructor(hasInbound: (workload: WorkloadInstance) => boolean) {
    this.#hasInbound = hasInbound
  }

  /** Of a pod that was added. */
  of(ref: WorkloadRef): OwnPorts {
    return this.#pods.get(keyOf(ref))!
  }

  /** Takes up a workload, or ports that it listens on now. @param ports where each of the pod's is in truth */
  async add({ ref }: WorkloadInstance, ports: ReadonlyMap<number, number>): Promise<void> {
    const places = this.#pods.get(keyOf(ref)) ?? { workload: new Map(), outbound: (await freePorts(1))[0]!, byPodPort: new Map() }
    for (const [podPort, port] of ports) places.workload.set(podPort, port)
    this.#pods.set(keyOf(ref), places)
  }

  /** Those of the pod's ports that nothing is known of. */
  unserved(ref: WorkloadRef, podPorts: readonly number[]): readonly number[] {
    const known = this.#pods.get(keyOf(ref))?.workload
    return podPorts.filter((port) => !known?.has(port))
  }

  has(ref: WorkloadRef): boolean {
    return this.#pods.has(keyOf(ref))
  }

  /** Where the sidecar of the workload takes outgoing connections. */
  outboundPort(ref: WorkloadRef): number {
    return this.#pods.get(keyOf(ref))!.outbound
  }

  /** Where the gateway listens for a port of its pod; `null`: it does not. */
  gatewayPort(ref: WorkloadRef, podPort: number): number | null {
    return this.#pods.get(keyOf(ref))?.byPodPort.get(podPort) ?? null
  }

  /** Who takes a connection to a pod: its sidecar, or the workload itself. */
  atPod(workload: WorkloadInstance, podPort: number): SocketAddress {
    const places = this.#pods.get(keyOf(workload.ref))
    if (workload.gateway) return { address: '127.0.0.1', port: places?.byPodPort.get(podPort) ?? nowhere.port }
    return places ? this.#at(workload, podPort, this.#hasInbound(workload) ? places.byPodPort : places.workload) : nowhere
  }

  /** In the place of an address at which nobody listens. */
  nobodyAt(address: string, port: number): SocketAddress {
    const key = `${address}:${port}`
    const index = this.#nobodys.get(key) ?? this.#nobodys.size
    this.#nobodys.set(key, index)
    return { address: nowhere.address, port: nobodysPorts[index % nobodysPorts.length]! }
  }

  /** Who takes a datagram to a pod: the workload itself. */
  behindSidecar(workload: WorkloadInstance, podPort: number): SocketAddress {
    const places = this.#pods.get(keyOf(workload.ref))
    return places ? this.#at(workload, podPort, places.workload) : nowhere
  }

  #at(workload: WorkloadInstance, podPort: number, ports: ReadonlyMap<number, number>): SocketAddress {
    // One that names no ports listens on all.
    const port = ports.get(podPort) ?? (workload.ports.length === 0 ? ports.values().next().value : ports.get(anyOther))
    return port === undefined ? nowhere : { address: '127.0.0.1', port }
  }

  /** Whose listener is on a port here: a gateway's, or one of the inbound side of a sidecar; `null`: nobody's. */
  proxyAt(port: number, { workloads }: Registry): WorkloadInstance | null {
    const isThere = ({ ref }: WorkloadInstance): boolean => [...(this.#pods.get(keyOf(ref))?.byPodPort.values() ?? [])].includes(port)
    return workloads.find(isThere) ?? null
  }

  /** The address in the mesh of what listens on a port here, `10.244.0.5:9080`; `null`: it is nobody's of the mesh. */
  meshAddress(port: number, registry: Registry): string | null {
    for (const workload of [...registry.workloads, ...registry.outsiders]) {
      const places = this.#pods.get(keyOf(workload.ref))
      for (const ports of [places?.byPodPort, places?.workload])
        for (const [podPort, own] of ports ?? []) if (own === port) return `${workload.address}:${podPort}`
    }
    return null
  }

  /** Somebody else has taken a port in the meantime: others are chosen. */
  async moveProxies(): Promise<void> {
    for (const places of this.#pods.values()) {
      places.byPodPort.clear()
      places.outbound = (await freePorts(1))[0]!
    }
  }

  outside(port: number): SocketAddress {
    return { address: '127.0.0.1', port: this.outsidePorts.get(port) ?? this.outsidePorts.get(0)! }
  }
}

function keyOf({ namespace, instance }: WorkloadRef): string {
  return `${namespace}/${instance}`
}
