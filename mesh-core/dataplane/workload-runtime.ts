import { spiffeId } from '../registry/spiffe.ts'
import type { PodInfo, Program } from '../ir/program.ts'
import type { WorkloadInstance } from '../registry/registry.ts'
import type { Random } from '../time/random.ts'
import type { DataPlaneModel } from './model.ts'
import type { Peer, Plane, WorkloadRuntime } from './plane.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'

/** A workload under one model, with what is asked of it for every request. */
export class WorkloadInMesh implements WorkloadRuntime {
  readonly instance: WorkloadInstance
  readonly name: string
  readonly identity: string
  readonly pod: PodInfo
  readonly program: Program
  readonly inboundSidecar: boolean
  readonly random: Random
  readonly #proxy: (identity: string) => ProxyRuntime | null
  #found: ProxyRuntime | null | undefined

  constructor(plane: Plane, instance: WorkloadInstance, proxy: (identity: string) => ProxyRuntime | null, random: Random) {
    const { ref } = instance
    this.instance = instance
    this.name = `${ref.name}.${ref.namespace}`
    this.identity = spiffeId({ namespace: ref.namespace, serviceAccount: instance.serviceAccount }, plane.model.registry.trustDomain)
    this.pod = { name: ref.instance, namespace: ref.namespace, app: instance.app, version: instance.version, env: instance.env }
    this.program = plane.model.program(instance)
    this.inboundSidecar = plane.model.inboundSidecar(instance, 'own-address')
    this.random = random
    this.#proxy = proxy
  }

  get workload(): WorkloadRuntime {
    return this
  }

  get proxy(): ProxyRuntime | null {
    if (this.#found === undefined) this.#found = this.#proxy(this.identity)
    return this.#found
  }
}

/** Everything that is not in the mesh. */
export function outsidePeer(model: DataPlaneModel, random: Random): Peer {
  const pod = { name: 'outside', namespace: '', app: 'outside', version: '', env: {} }
  return { program: model.program(null), pod, workload: null, random }
}
