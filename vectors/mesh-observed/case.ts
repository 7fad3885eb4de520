/** One case of the family `mesh-observed`: a mesh, the calls into it, and what istiod and Envoy did with them. */
export interface ObservedCase {
  readonly name: string
  readonly about?: string
  /** Name of a file of `worlds/`: what is there before `config`. */
  readonly world?: string
  readonly meshConfig?: Readonly<Record<string, unknown>>
  /** YAML documents. */
  readonly config?: string
  /** By workload: `b-v2.default`. */
  readonly behaviour?: Readonly<Record<string, Behaviour>>
  /** Called workloads whose own sidecar runs too. */
  readonly inbound?: readonly string[]
  readonly calls?: readonly ObservedCall[]
  readonly observed?: readonly Observation[]
  /** The message of the refusal; then there are no observations. */
  readonly rejected?: string
  readonly rejectedBy?: 'schema' | 'webhook' | 'kubectl' | 'meshConfig'
  /** Of istiod's validation. */
  readonly warnings?: readonly string[]
  /** By proxy, what Envoy refused of istiod's configuration. */
  readonly envoyRejected?: Readonly<Record<string, readonly string[]>>
  /** What the recorder had to leave out. */
  readonly dropped?: readonly string[]
  /** Why the case was not run. */
  readonly skipped?: string
}

/** How a workload answers. Without any: 200. */
export interface Behaviour {
  readonly status?: number
  /** Only the first so many calls of the case are answered so. */
  readonly first?: number
  /** `500ms`, `1.5s`, or a number of seconds. */
  readonly delay?: string | number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  /** Of calls of gRPC over HTTP/2: ends them with the headers of the answer. */
  readonly 'grpc-status'?: number | string
  /** Closes the connection without an answer. */
  readonly reset?: boolean
  /** Nothing listens. */
  readonly refuse?: boolean
}

export type HeaderValue = string | number | boolean | null

export interface ObservedCall {
  /** `a.default`, `ingressgateway`, `gateway:<name>.<namespace>` or `plain`. */
  readonly from: string
  /** `GET http://b/some/path?x=1`; goes out as written. */
  readonly request: string
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>
  readonly body?: string | number | null
  /** More than 1: only counts are recorded. */
  readonly times?: number
  /** With `times`: so many at once. */
  readonly parallel?: number
  readonly newConnections?: boolean
  /** Waited before the call. */
  readonly pause?: string | number
  /** After which the client gives up. Default 60 s. */
  readonly timeout?: string | number
}

export type Observation = SingleObservation | CountedObservation

/** Header values by lower-case name, repeated ones in a list. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[]>>

/** What came of one call. */
export interface SingleObservation {
  /** 0 with `error`. */
  readonly status: number
  readonly error?: string
  readonly flags: string
  readonly route: string
  readonly cluster: string
  /** Envoy's response code details; absent for a TCP proxy. */
  readonly details?: string
  readonly tcp?: boolean
  readonly passthrough?: boolean
  readonly logEntries?: number
  readonly headers: HeaderRecord
  /** Only of answers that no workload gave. */
  readonly body?: string
  readonly reached: readonly Arrival[]
  readonly mirrored: readonly Arrival[]
  readonly inbound?: readonly InboundEntry[]
  /** Workloads of the cluster's endpoints, when there are several. */
  readonly candidates?: readonly string[]
  /** Not recorded: those of them for whom `passthrough` stands. */
  readonly named?: readonly string[]
  /** The policy that chose among them. */
  readonly lb?: string
  readonly durationMs: number
  /** Fields that differed when the case was run again. */
  readonly varies?: readonly string[]
}

/** A request as a workload received it. */
export interface Arrival {
  readonly workload: string
  readonly namespace: string
  /** Of the pod. */
  readonly port?: number
  readonly method: string
  readonly path: string
  readonly authority: string
  /** Those that differ from the ones sent; `null` for one that did not arrive. */
  readonly headers: Readonly<Record<string, string | readonly string[] | null>>
  /** Only when it differs from the one sent. */
  readonly body?: string
  readonly protocol?: string
  readonly tls?: string
}

/** What the sidecar of a called workload logged. */
export interface InboundEntry {
  /** `b-v2.default` */
  readonly workload: string
  readonly tcp?: string
  readonly status?: number
  readonly flags: string
  readonly route?: string
  readonly cluster: string
  readonly details?: string
}

export type Counts = Readonly<Record<string, number>>

/** What came of a call with `times`. */
export interface CountedObservation {
  readonly times: number
  readonly statuses: Counts
  readonly workloads: Counts
  readonly flags: Counts
  readonly clusters: Counts
  readonly mirrored?: Counts
  readonly varies?: readonly string[]
}

export function isCounted(observation: Observation): observation is CountedObservation {
  return 'times' in observation
}

/** @returns ms of `500ms`, `1.5s`, `2m`, or of a number of seconds */
export function durationMs(duration: string | number): number {
  if (typeof duration === 'number') return duration * 1000
  const parts = /^([0-9.]+)(ms|s|m)?$/.exec(duration)
  if (!parts) throw new Error(`not a duration: ${duration}`)
  const unit = { ms: 1, s: 1000, m: 60_000 }[parts[2] ?? 's']!
  return Number(parts[1]) * unit
}
