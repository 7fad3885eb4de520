import type { ObjectStatus } from '../../mesh-core/compile/gateway-api/object-status.ts'
import { createMesh, type Exchange, type Program, type Resource, type ResourceRef, type WorkloadInstance } from '../../mesh-core/index.ts'
import type { MeshCall, MeshOptions } from '../../mesh-core/mesh.ts'
import type { Registry } from '../../mesh-core/registry/registry.ts'
import type { EngineName } from '../family.ts'

/** What a vector is played on. */
export interface StageMesh {
  readonly registry: Registry
  readonly statuses: readonly ObjectStatus[]
  apply(resources: readonly Resource[]): Promise<void>
  remove(refs: readonly ResourceRef[]): Promise<void>
  send(call: MeshCall): Promise<Exchange>
  sendMany(call: MeshCall, times: number): Promise<readonly Exchange[]>
  close(): Promise<void>
}

export interface StageOptions {
  readonly program: (workload: WorkloadInstance | null) => Program
  readonly applicationTls: NonNullable<MeshOptions['applicationTls']>
  /** Who may be asked to send something: what others have for sidecars is not needed. */
  readonly sends: (workload: WorkloadInstance) => boolean
}

/** Makes meshes that follow the specification. */
export interface StageEngine {
  open(options: StageOptions): Promise<StageMesh>
  close(): Promise<void>
}

/** @throws MeshSpecError ENVOY_NOT_FOUND */
export function stageEngine(name: EngineName): Promise<StageEngine> {
  return name === 'core' ? Promise.resolve({ open: async (options) => coreMesh(options), close: async () => {} }) : envoyEngine()
}

function coreMesh({ program, applicationTls }: StageOptions): StageMesh {
  const mesh = createMesh({ spec: true, program, applicationTls })
  return {
    get registry() {
      return mesh.registry
    },
    get statuses() {
      return mesh.statuses
    },
    apply: async (resources) => mesh.apply(resources),
    remove: async (refs) => mesh.remove(refs),
    send: (call) => mesh.send(call),
    sendMany: async (call, times) => {
      const exchanges: Exchange[] = []
      for (let i = 0; i < times; i++) exchanges.push(await mesh.send(call))
      return exchanges
    },
    close: async () => {},
  }
}

async function envoyEngine(): Promise<StageEngine> {
  const [{ EnvoyHost }, { EnvoyMesh }, { findEnvoy }] = await Promise.all([
    import('../../support/targets/envoy/envoy-host.ts'),
    import('../../support/targets/envoy/envoy-mesh.ts'),
    import('../../support/targets/envoy/find-envoy.ts'),
  ])
  const host = await EnvoyHost.start((await findEnvoy()).path)
  const open = async (options: StageOptions): Promise<StageMesh> => {
    const mesh = await EnvoyMesh.open(host, { seed: 1, spec: true, ...options })
    return {
      get registry() {
        return mesh.registry
      },
      get statuses() {
        return mesh.statuses
      },
      apply: (resources) => mesh.apply(resources),
      remove: (refs) => mesh.remove(refs),
      send: (call) => mesh.send(call),
      sendMany: (call, times) => mesh.sendMany(call, { times, concurrency: 8 }),
      close: () => mesh.close(),
    }
  }
  return { open, close: () => host.stop() }
}
