import type { ObjectStatus } from '../../mesh-core/compile/gateway-api/object-status.ts'
import type { Resource, ResourceRef } from '../../mesh-core/config/resource.ts'
import type { Exchange, Hop } from '../../mesh-core/ir/exchange.ts'
import type { StreamMessage } from '../../mesh-core/ir/message.ts'
import type { Origin, Position } from '../../mesh-core/ir/origin.ts'
import type { ClientTls, KeyPair } from '../../mesh-core/ir/tls.ts'
import type { Milliseconds } from '../../mesh-core/time/clock.ts'

/** What a target may be able to show. A scenario that needs more is reported as "not supported", never as passed. */
export const capabilities = {
  config: 'applies config, or has a way to put it in place',
  'config-rejection': 'tells why a config is refused',
  'in-mesh-calls': 'sends requests from a workload inside the mesh',
  'gateway-calls': 'sends requests from outside, through the ingress gateway',
  workloads: 'deploys the services that a scenario asks for (Bookinfo, echo)',
  behaviour: 'makes a service slow, failing or ill',
  'served-by': 'tells which workload gave the answer',
  path: 'tells every workload that a request passed on its way',
  received: 'tells what each workload received: method, path, headers, how often',
  'application-tls': 'tells the TLS that a workload has ended by itself',
  decision: 'tells which rule of the config took the request, and why the others did not',
  'exact-odds': 'knows the odds of a weighted choice without sampling',
  'virtual-time': 'lets hours pass in no time',
  pods: 'lists the pods and how many of their containers are ready',
  telemetry: 'answers questions about metrics, traces and the service graph',
} as const
export type Capability = keyof typeof capabilities

export interface ScenarioInfo {
  readonly name: string
  /** Path of the feature file, as cucumber names it. */
  readonly uri: string
  readonly tags: readonly string[]
  /** Decides everything random in the scenario. */
  readonly seed: number
  /** Statements about metrics, traces or the service graph come up: what a target has to begin to watch before the first request. Default false. */
  readonly asksTelemetry?: boolean
  /** And one of them is the first statement: a target that can tell none of them tells nothing of the scenario. Default false. */
  readonly asksTelemetryFirst?: boolean
}

/** Tag of a scenario that is about the specification where istiod does otherwise: its mesh is one that `--spec` makes. A live mesh does what it does. */
export const asSpecified = '@spec'

/** Who sends: a workload of the mesh, or a client outside that reaches the ingress gateway. */
export type Sender =
  | { readonly kind: 'client' }
  /** A service, perhaps one version of it, as the vocabulary's `{service}` names it. */
  | { readonly kind: 'service'; readonly service: ServiceRef }

/** `reviews`, `reviews:v2`, `reviews.prod:v2` */
export interface ServiceRef {
  readonly name: string
  /** `null` when not said: the scenario's own namespace. */
  readonly namespace: string | null
  readonly version: string | null
}

/** One request to send. */
export interface Call {
  readonly from: Sender
  readonly method: string
  /** A path (`/productpage`; only for the client outside) or a URL; `tcp://db:5432` sends the body over TCP as it is, `udp://dns:53` in a datagram. */
  readonly target: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
  /** The version of HTTP that the client speaks. Default: HTTP/1.1. */
  readonly protocol?: 'h2' | 'http/1.0'
  /** Of a gRPC call, or said over the WebSocket that the request opens. A target that has no streams rejects with `NotSupported`. */
  readonly messages?: readonly StreamMessage[]
  /** Of a URL of https. Default: a client that checks nothing. */
  readonly tls?: ClientTls
}

/** How many requests, and how many of them at once. */
export interface Load {
  readonly times: number
  readonly concurrency: number
}

/** How a service that the scenario asks for behaves; the last statement about the same thing counts. */
export type Behaviour =
  | { readonly kind: 'delay'; readonly service: ServiceRef; readonly ms: Milliseconds }
  /** `first`: only so many answers; `endpoint`: 1-based, only that one. */
  | {
      readonly kind: 'status'
      readonly service: ServiceRef
      readonly status: number
      readonly first: number | null
      readonly endpoint: number | null
    }
  /** How gRPC calls end. `status`: gRPC's number. */
  | { readonly kind: 'grpc-status'; readonly service: ServiceRef; readonly status: number; readonly first: number | null }
  /** Kubernetes takes pods that are not ready out of their services. `endpoint`: 1-based, `null` for all. */
  | { readonly kind: 'readiness'; readonly service: ServiceRef; readonly endpoint: number | null; readonly ready: boolean }
  /** What its applications show to whom begins TLS. `clientAuthority`: PEM of the one that certificates of clients have to come from; `null`: they are asked for none. */
  | { readonly kind: 'certificate'; readonly service: ServiceRef; readonly pair: KeyPair; readonly clientAuthority: string | null }
  /** Of each of its workloads. */
  | { readonly kind: 'replicas'; readonly service: ServiceRef; readonly replicas: number }

/** An echo service to deploy. */
export interface EchoService {
  readonly name: string
  readonly namespace: string
  readonly versions: readonly string[]
  readonly replicas: number
  readonly protocol: string
  readonly port: number
  /** Further ports, of the same protocol. */
  readonly ports?: readonly number[]
  readonly sidecar: boolean
  /** Default: of its own name. `default` is there in each namespace. */
  readonly serviceAccount?: string
  /** Further pod labels of a version, which a subset of the config asks for. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Who stands behind a cluster of a proxy's config. */
export interface BackendVersion {
  readonly app: string
  readonly namespace: string
  readonly version: string
}

export interface PodStatus {
  readonly name: string
  readonly namespace: string
  readonly readyContainers: number
  readonly containers: number
}

/** The target cannot show what a step asks for. The scenario is then "not supported", with this reason. */
export class NotSupported extends Error {
  override readonly name = 'NotSupported'
  readonly capability: Capability
  constructor(capability: Capability, reason: string) {
    super(reason)
    this.capability = capability
  }
}

/** The new config was not seen in effect by the deadline. Neither passed nor wrong. */
export class NotYetProgrammed extends Error {
  override readonly name = 'NotYetProgrammed'
}

/** A number that the mesh has counted. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Who has called whom. */
export interface GraphEdge {
  readonly from: BackendVersion
  readonly to: BackendVersion
}

/** What the mesh counts and traces, as far as it concerns the scenario. Each question is answered once all that was sent is known there. */
export interface Telemetry {
  /**
   * What a query in PromQL gives: the samples of a vector, or the one of a scalar. Counters of the mesh begin with the scenario, and count in its namespaces.
   * Rejects with `NotSupported` where there are no metrics, StatementFailed for what is no query.
   */
  query(promql: string): Promise<readonly MetricSample[]>
  /** The tree of each trace that one of the exchanges has left. Rejects with `NotSupported` where there are no traces. */
  traces(exchanges: readonly Exchange[]): Promise<readonly (readonly Hop[])[]>
  edges(): Promise<readonly GraphEdge[]>
  /** From now on these count as never sent: a statement about shares took them beyond what the scenario asks for. Left out where nobody can tell them apart. */
  leaveOut?(exchanges: readonly Exchange[]): void
}

/** What a report says of the mesh that was looked at. */
export interface MeshFacts {
  /** `Istio`, `Envoy`, `mesh-core` */
  readonly name: string
  /** `null` when it is not known. */
  readonly version: string | null
  /** What a reader of a report has to know besides: that certificates were not verified, what the revision is. */
  readonly notes: readonly string[]
}

/** What a scenario may ask of a mesh. Implemented by core, envoy, cluster, and by users' own modules (default export). */
export interface Target {
  readonly name: string
  /** What this target can show; a scenario that needs more is reported as "not supported", never as passed. */
  readonly capabilities: ReadonlySet<Capability>
  /** How time runs: virtual time makes no difference between 7 s and 7 ms, and durations are exact. */
  readonly clock: 'virtual' | 'wall'
  /** What is known of the mesh, asked when a scenario has come to its end. Left out where the target cannot tell. */
  mesh?(): MeshFacts | null
  /** A mesh of the scenario's own: nothing of it outlives close(). */
  open(scenario: ScenarioInfo): Promise<MeshSession>
  close(): Promise<void>
}

export interface MeshSession {
  /** Applies resources as one change, and resolves when the mesh has taken it up. Rejects with `ConfigRejected`, `NotYetProgrammed` or `NotSupported`. */
  apply(resources: readonly Resource[]): Promise<void>
  remove(refs: readonly ResourceRef[]): Promise<void>
  /** Makes the Bookinfo application be there, reachable through the ingress gateway. */
  deployBookinfo(namespace: string): Promise<void>
  deployEcho(services: readonly EchoService[]): Promise<void>
  setBehaviour(behaviour: Behaviour): Promise<void>
  setSidecars(namespace: string, injected: boolean): Promise<void>
  /** Sends one request from a client and waits for its end. A 503, a reset or "no route" resolves; only a broken target rejects. */
  send(call: Call): Promise<Exchange>
  /** Sends many, with a bound on how many at once; yields each Exchange as it ends. */
  sendMany(call: Call, load: Load): AsyncIterable<Exchange>
  /** The same, of a target that has them only when all have ended: of thousands none is waited for by itself. Left out: `sendMany` is asked. */
  sendAll?(call: Call, load: Load): Promise<readonly Exchange[]>
  /** Lets time pass: virtual time at once, wall time by waiting. */
  elapse(ms: Milliseconds): Promise<void>
  pods(): Promise<readonly PodStatus[]>
  /**
   * Where the session knows from who answered whom, a phrase each: `the bodies of echo services`, `access logs of Envoy`, `Prometheus: deltas of
   * istio_requests_total`. Every verdict names what it rests on. Left out: the target's own account of what it did.
   */
  evidence?(): readonly string[]
  /** What was read and not acted on, in the words of the target; empty where it models everything. */
  notModelled(): readonly string[]
  /** All that is applied now, services and their pods included: what an analysis looks at. Left out where the target cannot tell. */
  resources?(): readonly Resource[]
  /** What controllers say of objects, in the words of their specifications; absent: the target cannot tell. */
  statuses?(): readonly ObjectStatus[]
  /** Needed with `telemetry`. */
  readonly telemetry?: Telemetry | undefined
  /** What is odd about the mesh when a statement fails, and may be why: a sender without a sidecar, a service without pods. Told below the complaint. */
  doubts?(): readonly string[]
  /**
   * Called when a statement does not hold. Left out where nothing can come between the mesh and what was seen.
   * @throws Undecided for what has come over it while requests were sent, of which the scenario says nothing
   */
  assertSteady?(): void
  /** The target's clock; needed where it is virtual. */
  now?(): Milliseconds
  /**
   * Called with each service that a statement names: one that is misspelled must not hold because nothing reached it. Left out where the target
   * cannot tell.
   * @throws MeshSpecError UNKNOWN_SERVICE when no workload of the mesh is meant
   */
  assertKnown?(service: ServiceRef): void
  /** Where a rule stands in the user's YAML. Needed with `decision`. */
  locate?(origin: Origin): { readonly file: string; readonly position: Position | null }
  /**
   * The versions that a cluster of a proxy's config (`Decision.proxy`, `Decision.odds`) leads to: what makes odds of clusters
   * odds of versions. Needed with `exact-odds`.
   */
  behind?(proxy: string, cluster: string): readonly BackendVersion[]
  close(): Promise<void>
}
