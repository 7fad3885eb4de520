import type { Cluster } from './cluster.ts'
import type { RouteTable } from './route.ts'

/** Names a proxy and says what it is. Source: Istio `model.Proxy`. */
export interface ProxyId {
  readonly kind: 'sidecar' | 'gateway'
  readonly namespace: string
  /** The workload, e.g. `productpage-v1`, `istio-ingressgateway`. */
  readonly workload: string
  readonly labels: Readonly<Record<string, string>>
}

/**
 * What becomes of a path before anything looks at it: nothing; dot segments, escapes of plain characters and backslashes resolved (Envoy `normalize_path`);
 * double slashes merged, too (`merge_slashes`); escaped slashes decoded before (`path_with_escaped_slashes_action`). Source: Istio MeshConfig `pathNormalization`.
 */
export type PathNormalization = 'NONE' | 'BASE' | 'MERGE_SLASHES' | 'DECODE_AND_MERGE_SLASHES'

/** What a filter chain does with a connection. */
export type NetworkFilter =
  /** Envoy `HttpConnectionManager` with RDS. */
  | { readonly kind: 'http'; readonly routeTable: string; readonly pathNormalization: PathNormalization }
  /** Envoy `TcpProxy`. Weights are relative. */
  | { readonly kind: 'tcp'; readonly clusters: readonly { readonly cluster: string; readonly weight: number }[] }

export interface FilterChain {
  readonly name: string
  /** SNI names; empty for any. */
  readonly serverNames: readonly string[]
  /** Ranges of addresses that the client dials, `192.0.2.0/28`; absent for any. The longest that fits goes before the name. Envoy `prefix_ranges`. */
  readonly destinations?: readonly string[]
  readonly transport: 'raw_buffer' | 'tls' | null
  readonly filter: NetworkFilter
}

/** Source: Envoy `Listener`. */
export interface Listener {
  readonly name: string
  readonly direction: 'outbound' | 'inbound' | 'gateway'
  /** `0.0.0.0` or the service address that the client dials. */
  readonly address: string
  readonly port: number
  readonly filterChains: readonly FilterChain[]
}

/**
 * All that one proxy is told: the model in the middle. Readonly and JSON-ready.
 * The data plane reads it, the `envoy` target writes xDS from it, `explain` and `diff` compare it.
 */
export interface ProxyConfig {
  readonly proxy: ProxyId
  readonly listeners: readonly Listener[]
  /** By name. */
  readonly routeTables: Readonly<Record<string, RouteTable>>
  /** By name. A route may name a cluster that is not here: the answer is then `clusterNotFoundStatus` with flag NC. */
  readonly clusters: Readonly<Record<string, Cluster>>
}
