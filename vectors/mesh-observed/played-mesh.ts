import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/index.ts'
import type { Mesh, MeshCall, MeshOptions } from '../../mesh-core/mesh.ts'
import type { WorkloadInstance } from '../../mesh-core/registry/registry.ts'
import type { Difference } from '../difference.ts'

/** What a case asks of a mesh. One that is not simulated takes its time for a change, and has something to close. */
export interface PlayedMesh extends Pick<Mesh, 'registry' | 'warnings' | 'notModelled' | 'proxyConfig' | 'send' | 'start' | 'settle' | 'elapse'> {
  lookUp?: Mesh['lookUp']
  apply(resources: readonly Resource[]): void | Promise<void>
  /** Where it is faster than one after another, each awaited with all that is told of it. */
  sendMany?(call: MeshCall, load: { readonly times: number; readonly concurrency: number }): Promise<Exchange[]>
  /** Resolves when the answer is there; where what is written of it comes later, many requests need not wait for that one after another. */
  answer?(call: MeshCall): Promise<{ readonly evidence: () => Promise<Exchange> }>
  close?(): Promise<void>
}

/** What a case is played on. */
export interface Engine {
  /** @throws MeshSpecError or ConfigRejected */
  read(text: string, file: string): readonly Resource[]
  meshConfig(fields: Readonly<Record<string, unknown>>): readonly Resource[]
  open(options: CaseOptions): PlayedMesh | Promise<PlayedMesh>
  /** PEM: of the certificates that servers show who know of none; absent: all trust them. */
  authority?(): Promise<string>
  /** Why it cannot show what a case asks for: such a case is not run. Absent: it is to show all. */
  unshown?(error: Error): string | null
  /** Differences that come of what it cannot tell, and not of what it does. */
  untold?(difference: Difference): boolean
}

export interface CaseOptions extends MeshOptions {
  /** Whose proxies may get requests to send. */
  readonly sends: (workload: WorkloadInstance) => boolean
}
