import type { WorkloadRef } from '../ir/cluster.ts'
import type { PodInfo, Program } from '../ir/program.ts'
import type { WorkloadInstance } from '../registry/registry.ts'
import type { Clock } from '../time/clock.ts'
import type { Random } from '../time/random.ts'
import type { InboundClusters } from './inbound/inbound-cluster.ts'
import type { DataPlaneModel } from './model.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'
import type { OpenConnections } from './limited-connections.ts'
import type { Scripts } from './filters/lua/scripts.ts'
import type { TokenBuckets } from './filters/rate-limit.ts'

/** What every part of the data plane may use of the whole. */
export interface Plane {
  readonly clock: Clock
  /** ms since 1970 of the simulated world: tokens expire by them. */
  date(): number
  readonly model: DataPlaneModel
  readonly chance: Chance
  readonly tokenBuckets: TokenBuckets
  readonly scripts: Scripts
  readonly openConnections: OpenConnections
  readonly inboundClusters: InboundClusters
  /** Address of the client outside the mesh, as gateways see it. */
  readonly clientAddress: string
  /** Under the model of now; `null` for a workload that the registry does not know. */
  workload(ref: WorkloadRef): WorkloadRuntime | null
  /** Everything that is not in the mesh, as one peer. */
  outside(): Peer
  nextRequestId(): string
}

/** A generator for each subject, so that the draws of one do not shift another's. */
export interface Chance {
  readonly split: Random
  readonly fault: Random
  readonly mirror: Random
  readonly balance: Random
  readonly backOff: Random
  /** Ports that clients call from. */
  readonly port: Random
}

/** Somebody who answers requests. */
export interface Peer {
  readonly program: Program
  readonly pod: PodInfo
  /** `null` for the world outside. */
  readonly workload: WorkloadRuntime | null
  readonly random: Random
}

export interface WorkloadRuntime extends Peer {
  readonly instance: WorkloadInstance
  /** `productpage-v1.default` */
  readonly name: string
  /** `spiffe://cluster.local/ns/default/sa/bookinfo-productpage` */
  readonly identity: string
  /** The outbound side of its sidecar, or its gateway; `null` for a workload without a proxy. */
  readonly proxy: ProxyRuntime | null
  readonly inboundSidecar: boolean
}
