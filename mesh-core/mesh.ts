import type { ObjectStatus } from './compile/gateway-api/object-status.ts'
import type { ConfigRejected } from './config/errors.ts'
import type { NotModelled, Resource, ResourceRef } from './config/resource.ts'
import type { MeshCall, WayOfArrival } from './dataplane/model.ts'
import type { WorkloadRef } from './ir/cluster.ts'
import type { Exchange } from './ir/exchange.ts'
import type { ApplicationAddress, InboundPort } from './ir/inbound-port.ts'
import type { Origin, Position } from './ir/origin.ts'
import type { Program } from './ir/program.ts'
import type { ProxyConfig } from './ir/proxy-config.ts'
import type { ApplicationTls } from './ir/tls.ts'
import type { ProxyTelemetry } from './ir/telemetry.ts'
import type { Injects } from './registry/injection.ts'
import type { Registry, WorkloadInstance } from './registry/registry.ts'
import type { Clock } from './time/clock.ts'

export interface MeshOptions {
  /** Decides everything random. Default 1. */
  readonly seed?: number
  /** Default: a virtual clock at 0. A mesh that is served on real ports takes the wall clock. */
  readonly clock?: Clock
  /** When time 0 of the clock was, in ms since 1970: tokens expire by it. Default: 2025-01-01T00:00:00Z. */
  readonly epochMs?: number
  /** The program behind a workload (`null`: the world outside the mesh). Asked once for each workload. Default: one that answers 200 with its pod's name. */
  readonly program?: (workload: WorkloadInstance | null) => Program
  /** Whose own sidecars act on incoming calls. Default: every workload that has a sidecar. */
  readonly inboundSidecar?: (workload: WorkloadInstance, way: WayOfArrival) => boolean
  /**
   * What the application of a workload (`null`: a server outside) expects of connections to one of its ports. Default, and where
   * nothing is said: told by the ports of services that lead there, and by the Secrets that its pod mounts.
   */
  readonly applicationTls?: (workload: WorkloadInstance | null, port: number) => ApplicationTls | undefined
  /** The addresses at which the application of a workload listens on one of its ports. Default: `any`. */
  readonly applicationAddress?: (workload: WorkloadInstance, port: number) => ApplicationAddress
  /** Whose pods get a sidecar; gateways never. Default: as Istio's webhook decides it. */
  readonly injects?: Injects
  /** Does DNS know this name, which is none of the cluster's? Default: names with a dot that do not end in `.local`. */
  readonly outsideName?: (hostname: string) => boolean
  /** Switches istiod's departures from the specifications off. Default false. */
  readonly spec?: boolean
}

/** The engine: config in, exchanges out. Usable alone. */
export interface Mesh {
  readonly clock: Clock
  readonly registry: Registry
  /** What the proxies of this version of the config tell of their traffic. */
  readonly telemetryOf: (workload: WorkloadInstance) => ProxyTelemetry
  /** Counts the changes of config; 0 before the first. */
  readonly version: number
  /** All that is applied now. */
  readonly resources: readonly Resource[]
  readonly notModelled: readonly NotModelled[]
  /** Has the config what is not known the effect of, so that `send` may reject with `NotShown`? */
  readonly isDoubtful: boolean
  /** Warnings of the last apply, in the words of istiod where it has some. */
  readonly warnings: readonly string[]
  /** What the controllers of the mesh say of the objects that have a status: those of the Gateway API. */
  readonly statuses: readonly ObjectStatus[]
  /**
   * Applies resources as one change.
   * @throws {ConfigRejected} and then nothing is changed
   */
  apply(resources: readonly Resource[]): void
  remove(refs: readonly ResourceRef[]): void
  proxyConfig(workload: WorkloadRef): ProxyConfig | null
  /**
   * The addresses that a pod is told of a name; empty: there is no such name. What a pod asks of a server on its own loopback is led to no agent, and nobody
   * answers: `null`. @param server that is asked, an address. Default: the one that pods have
   */
  lookUp(hostname: string, from: WorkloadRef, server?: string): readonly string[] | null
  /** As in the options. */
  applicationTls(workload: WorkloadInstance | null, port: number): ApplicationTls
  /** As in the options. */
  applicationAddress(workload: WorkloadInstance, port: number): ApplicationAddress
  /** The ports that the workload's Sidecar resource lists. */
  listedPorts(workload: WorkloadInstance): readonly number[]
  /** How the workload's own sidecar takes connections to one of its ports. */
  inboundPort(workload: WorkloadInstance, port: number): InboundPort
  /** Sends one request and drives the virtual clock until it has ended. A 503, a reset or "no route" resolves. */
  send(call: MeshCall): Promise<Exchange>
  /** Sends without driving the clock: for callers that send many at once and then `settle`. */
  start(call: MeshCall): Promise<Exchange>
  /** Runs the virtual clock until `work` has ended. On a wall clock just awaits it. */
  settle<T>(work: Promise<T>): Promise<T>
  /** Lets time pass. */
  elapse(ms: number): Promise<void>
  locate(origin: Origin): { readonly file: string; readonly position: Position | null }
}

export type { ConfigRejected, MeshCall }
