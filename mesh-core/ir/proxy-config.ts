import type { AccessRules, AuthorizedBytes, CustomAccess } from './access.ts'
import type { Cluster } from './cluster.ts'
import type { JwtRule } from './jwt.ts'
import type { LocalReplies } from './local-replies.ts'
import type { Origin } from './origin.ts'
import type { InsertedFilter } from './inserted-filter.ts'
import type { Fault, RouteTable } from './route.ts'
import type { DownstreamTls } from './tls.ts'

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

/** What becomes of `%2F` and `%5C` in paths. Source: Envoy `PathWithEscapedSlashesAction`. */
export type EscapedSlashes = 'KEEP_UNCHANGED' | 'REJECT_REQUEST' | 'UNESCAPE_AND_REDIRECT' | 'UNESCAPE_AND_FORWARD'

/** What a proxy does with HTTP otherwise than every other; what is left out is as istiod sets it. */
export interface HttpSettings {
  /** So many proxies before this one are believed what they say of a client. Envoy `xff_num_trusted_hops`. */
  readonly trustedProxies?: number
  /** Of its answers; `null`: what the application says. Envoy `server_name`, `server_header_transformation`. */
  readonly server?: string | null
  /** What the application says of itself stays, where it says something. Envoy `APPEND_IF_ABSENT`. */
  readonly keepsServer?: true
  /** Requests get no `x-request-id`. Envoy `generate_request_id`. */
  readonly requestIds?: false
  /** Envoy's own headers (`x-envoy-original-path`, …) are left out. Envoy `suppress_envoy_headers` of the router. */
  readonly envoyHeaders?: false
  /** Requests of HTTP/1.0 are taken, too. Envoy `accept_http_10`. */
  readonly acceptsHttp10?: true
  /** The port in Host goes before a route is looked for, whichever it is. Envoy `strip_any_host_port`. */
  readonly stripsAnyPort?: true
  /** It goes where it is the one that the connection is for. Envoy `strip_matching_host_port`; no listener may have both. */
  readonly stripsMatchingPort?: true
  /** A dot at the end of the name in Host goes. Envoy `strip_trailing_host_dot`. */
  readonly stripsTrailingDot?: true
  /** What becomes of headers with a `_` in their name, or of requests that have one. Envoy `headers_with_underscores_action`. */
  readonly underscores?: 'REJECT_REQUEST' | 'DROP_HEADER'
  /** Double slashes in paths become one, whatever `pathNormalization` says of them. Envoy `merge_slashes`. */
  readonly mergesSlashes?: boolean
  /** Whatever `pathNormalization` says of them. Envoy `path_with_escaped_slashes_action`. */
  readonly escapedSlashes?: EscapedSlashes
  /** Written behind what `via` has already, in requests and answers. Envoy `via`. */
  readonly via?: string
  /** A gateway writes no client into `x-forwarded-for`. Envoy `skip_xff_append`. */
  readonly skipsForwardedFor?: true
  /** More headers in a request, its host among them, are too many. Envoy `max_headers_count`, of 100 where it is left out. */
  readonly mostHeaders?: number
  /** So long a request may take from its beginning, where its route does not say; 0 for ever. Envoy `max_stream_duration`. */
  readonly maxDurationMs?: number
  /** So many requests a connection of a client takes. Envoy `max_requests_per_connection`. */
  readonly requestsPerConnection?: number
  /** After so long it takes no more; 0 for ever. Envoy `max_connection_duration`. */
  readonly connectionMs?: number
  /** The `x-request-id` of a stranger stays. Envoy `preserve_external_request_id`. */
  readonly keepsRequestIds?: true
  /** Answers get the `x-request-id` of their requests. Envoy `always_set_request_id_in_response`. */
  readonly tellsRequestIds?: true
  /** More in the head of a request is too much, in KiB. Envoy `max_request_headers_kb`, of 60 where it is left out. */
  readonly mostHeaderKib?: number
  /** A request is given up of which nothing was seen for so long; 0 for never. Envoy `stream_idle_timeout`. */
  readonly streamIdleMs?: number
  /** Requests get `x-forwarded-port`. Envoy `append_x_forwarded_port`. */
  readonly forwardedPort?: true
  readonly forwardClientCert?: ForwardClientCert
  readonly clientCertDetails?: { readonly subject: boolean; readonly uri: boolean; readonly dns: boolean }
  /** Whose tokens requests may carry; they go through the filter `envoy.filters.http.jwt_authn`. */
  readonly jwt?: readonly JwtRule[]
  /** Whom somebody else lets in, asked before tokens are looked at. */
  readonly custom?: CustomAccess
  /** Who may do what, in the order in which it is asked: behind tokens, before all that routes ask for. */
  readonly access?: readonly AccessRules[]
  readonly localReplies?: LocalReplies
  /** Of requests whose routes say nothing of it: merged into the filter that istiod has put in. */
  readonly fault?: Fault
  /** What was merged is nothing that Envoy takes: the fault, or a protocol to upgrade to that istiod has named, too. */
  readonly isRefused?: true
  /** In the order in which requests meet them. */
  readonly inserted?: readonly InsertedFilter[]
}

/** What becomes of `x-forwarded-client-cert`. Source: Envoy `HttpConnectionManager.ForwardClientCertDetails`. */
export type ForwardClientCert = 'SANITIZE' | 'FORWARD_ONLY' | 'APPEND_FORWARD' | 'SANITIZE_SET' | 'ALWAYS_FORWARD_ONLY'

/** What a filter chain does with a connection. */
export type NetworkFilter =
  /** Envoy `HttpConnectionManager` with RDS. */
  | {
      readonly kind: 'http'
      readonly routeTable: string
      readonly pathNormalization: PathNormalization
      readonly settings?: HttpSettings
      /** Names in Host are looked up before the router sees them, where it asks for that. Envoy `dynamic_forward_proxy`, of HTTP. */
      readonly looksUpHosts?: true
    }
  /** Envoy `TcpProxy`. Weights are relative. */
  | {
      readonly kind: 'tcp'
      readonly clusters: readonly { readonly cluster: string; readonly weight: number }[]
      /** Of several destinations the cluster of the first, even if it gets nothing: its rule says how connections are treated. */
      readonly ruledBy?: string
      /** Of the rule (`spec.tcp[0]`), or of the service; `null` for unknown traffic. */
      readonly origin: Origin | null
      /** Who may come in, asked when the first bytes come. */
      readonly access?: readonly AccessRules[]
      /** Somebody else decides before that, and is asked over gRPC. */
      readonly askedOfBytes?: AuthorizedBytes
      /** Connections are balanced by the client's address. Envoy `hash_policy` with `source_ip`. */
      readonly hashesSource?: boolean
      /** It is closed when for so long no bytes came from either side; 0 for never. Envoy `idle_timeout`, of an hour where it is left out. */
      readonly idleTimeoutMs?: number
      /** It is closed after so long, whatever is said on it. Envoy `max_downstream_connection_duration`. */
      readonly maxDurationMs?: number
      /** The bytes go through a stream of HTTP, for which whoever is there is asked. */
      readonly tunnel?: Tunnel
      /** A cluster of kind `dynamic-dns` learns the name from SNI; without it, it has nobody. Envoy's filter `sni_dynamic_forward_proxy` stands before. */
      readonly looksUpServerName?: boolean
    }

/** Source: Envoy `TcpProxy.TunnelingConfig`. */
export interface Tunnel {
  /** `CONNECT`: they follow the answer to it. `POST`: they are the bodies of a request and of its answer. */
  readonly method: 'CONNECT' | 'POST'
  /** Where they are to go on to from there: `www.example.com:443`. */
  readonly target: string
}

/** Which connections a filter chain is for. Source: Envoy `FilterChainMatch`. */
export interface FilterChainMatch {
  /** That the client dials; absent: any. It goes before all else. */
  readonly destinationPort?: number
  /** Ranges of addresses that the client dials, `192.0.2.0/28` or bare; empty for any. The longest that fits goes before the name. Envoy `prefix_ranges`. */
  readonly destinations: readonly string[]
  /** SNI names, exact or `*.suffix`; empty for any. */
  readonly serverNames: readonly string[]
  readonly transport: 'raw_buffer' | 'tls' | null
  /** ALPN of a TLS client, or what a plain client is seen to speak: `http/1.1`, `h2c`; empty for any. */
  readonly applicationProtocols: readonly string[]
}

export const anyConnection: FilterChainMatch = { destinations: [], serverNames: [], transport: null, applicationProtocols: [] }

/** By these Envoy's HTTP inspector is asked whether a client speaks HTTP; HTTP/1.0 does not count. Source: Istio `core/listener.go` plaintextHTTPALPNs. */
export const plainHttp: readonly string[] = ['http/1.1', 'h2c']

export interface FilterChain extends FilterChainMatch {
  readonly name: string
  /** TLS that ends here; `null` where bytes are taken as they are. */
  readonly tls: DownstreamTls | null
  readonly filter: NetworkFilter
  /** How many connections it takes at once, the first that a connection meets before the others. */
  readonly limits?: readonly ConnectionLimit[]
}

/** Source: Envoy `ConnectionLimit` of the network. */
export interface ConnectionLimit {
  readonly most: number
  /** ms until one too many is closed; 0: at once. */
  readonly delayMs: number
}

/** Source: Envoy `Listener`. */
export interface Listener {
  readonly name: string
  readonly direction: 'outbound' | 'inbound' | 'gateway'
  /** `0.0.0.0` or the service address that the client dials. */
  readonly address: string
  readonly port: number
  readonly filterChains: readonly FilterChain[]
  /** It has a port of its own, to which nothing is redirected: no destination is known but its own. Envoy `bind_to_port`. */
  readonly bindsToPort?: true
  /** Connections begin with a header that says where they come from. Envoy's listener filter `ProxyProtocol`. */
  readonly proxyProtocol?: true
  /** Takes what none of the others is for; `null`: such connections are closed. */
  readonly defaultFilterChain: FilterChain | null
  /** Of a client that says nothing it is taken for granted after so long that it speaks no HTTP; left out for never. Envoy `listener_filters_timeout`. */
  readonly detectionTimeoutMs?: number
}

/** Takes datagrams: each sender's go to one of the clusters, and the answers back. Source: Envoy `UdpProxyConfig`. */
export interface UdpListener {
  readonly name: string
  readonly address: string
  readonly port: number
  /** Weights are relative; what falls to a cluster that is missing or empty is dropped. */
  readonly clusters: readonly { readonly cluster: string; readonly weight: number }[]
  /** Of the rule (`spec.rules[0]`). */
  readonly origin: Origin
}

/**
 * All that one proxy is told: the model in the middle. Readonly and JSON-ready.
 * The data plane reads it, the `envoy` target writes xDS from it, `explain` and `diff` compare it.
 */
export interface ProxyConfig {
  readonly proxy: ProxyId
  readonly listeners: readonly Listener[]
  /** Left out where there are none. */
  readonly udpListeners?: readonly UdpListener[]
  /** Of the loopback, where its workload may ask for any host, as of a forward proxy; left out: none. Source: Istio MeshConfig `proxyHttpPort`. */
  readonly httpProxyPort?: number
  /** Hosts that its agent answers DNS for, with their addresses: full names and `*.suffix`. Left out where it does not. Source: Istio `dns/proto/nds.proto` NameTable. */
  readonly dns?: Readonly<Record<string, readonly string[]>>
  /** By name. */
  readonly routeTables: Readonly<Record<string, RouteTable>>
  /** By name. A route may name a cluster that is not here: the answer is then `clusterNotFoundStatus` with flag NC. */
  readonly clusters: Readonly<Record<string, Cluster>>
}
