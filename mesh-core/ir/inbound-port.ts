import type { AccessRules, AuthorizedBytes } from './access.ts'
import type { ConnectionLimits, UpstreamHttp } from './cluster.ts'
import type { RouteFilters } from './inserted-filter.ts'
import type { Fault, HeaderMutations, RateLimit, RetryPolicy } from './route.ts'
import type { FilterChainMatch, HttpSettings, PathNormalization } from './proxy-config.ts'

/** The cluster of connections to a port that a sidecar has no listener for. Source: Istio `util.InboundPassthroughCluster`. */
export const inboundPassthrough = 'InboundPassthroughCluster'

/** The cluster of connections that lead nowhere. Source: Istio `util.BlackHoleCluster`. */
export const blackHole = 'BlackHoleCluster'

/** Where connections to a workload with a sidecar are redirected to. Source: Istio's MeshConfig `proxyInboundListenPort`. */
export const inboundCapturePort = 15006

/** How a sidecar takes connections to a port of its own workload. */
export interface InboundPort {
  /** Both of the connection manager that reads HTTP there. */
  readonly pathNormalization: PathNormalization
  readonly settings?: HttpSettings
  /** Who may come in where it reads no HTTP, asked when the first bytes come. */
  readonly access?: readonly AccessRules[]
  /** Of those connections somebody else decides before that, and is asked over gRPC. */
  readonly askedOfBytes?: AuthorizedBytes
  /** Envoy takes no listener for connections to the workload: those to any of its ports are refused. */
  readonly isRefused?: true
  /** Connections that none of them is for are closed. */
  readonly chains: readonly InboundChain[]
  /** As `Listener.detectionTimeoutMs`, and that it begins no TLS. */
  readonly detectionTimeoutMs?: number
  /** What it speaks to the workload then. */
  readonly http: UpstreamHttp
  /** What it may have under way towards the workload. */
  readonly limits: ConnectionLimits
  /** As its access log has it: `inbound|8080||`, or `InboundPassthroughCluster` for a port that it has no listener for. */
  readonly cluster: string
  /** Envoy does not take that cluster. */
  readonly hasNoCluster?: true
  /** As istiod names what holds its one route: `inbound|http|80`, by the port of the service; 0 where there is none. */
  readonly virtualHost: string
  /** What its route does with headers, then its host, then its table; absent: nothing. */
  readonly headers?: readonly HeaderMutations[]
  /** In the opposite order. Envoy `most_specific_header_mutations_wins`. */
  readonly mostSpecificHeadersWin?: true
  /** Of its route, its host or its table: the nearest that says something of rates. */
  readonly rateLimit?: RateLimit
  /** So of faults. */
  readonly fault?: Fault
  /** What they tell filters, the nearest first. */
  readonly filters?: readonly RouteFilters[]
  /** Its route sends plain requests to https. Envoy `require_tls: ALL`. */
  readonly requiresTls?: true
  readonly leadsTo: ApplicationSocket
  /** What it tries again of HTTP; `null` for nothing. */
  readonly retry: RetryPolicy | null
}

/** One way into a workload past its sidecar. */
export interface InboundChain extends FilterChainMatch {
  readonly transport: 'tls' | 'raw_buffer'
  /** Mutual TLS of the mesh ends there; other TLS is part of the bytes. */
  readonly endsTls: boolean
  readonly reads: 'http' | 'bytes'
}

/** Where a sidecar dials its own workload. */
export interface ApplicationSocket {
  /** At the address of the pod, or at 127.0.0.1; or a Unix socket, which has no port and at which nobody listens here. */
  readonly at: 'pod' | 'loopback' | 'unix'
  readonly port: number
  /** Of a Unix socket. */
  readonly path?: string
  /** A Sidecar says so: it is not where the client has dialled that counts. */
  readonly isTold?: true
}

/** The addresses at which an application listens on one of its ports. */
export type ApplicationAddress = 'any' | 'pod' | 'loopback'
