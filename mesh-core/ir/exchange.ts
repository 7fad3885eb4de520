import type { Endpoint, WorkloadRef } from './cluster.ts'
import type { HttpRequest, HttpResponse } from './message.ts'
import type { Origin } from './origin.ts'
import type { SeenTls } from './tls.ts'

/** What one proxy wrote of one request: the fields of Envoy's access log. */
export interface AccessLogEntry {
  /** `productpage-v1.default`, of the proxy that wrote it. */
  readonly proxy: string
  readonly direction: 'outbound' | 'inbound' | 'gateway'
  /** ms of the target's clock when the request arrived, and how long it took. */
  readonly startMs: number
  readonly durationMs: number
  readonly status: number
  /** `-`, `NR`, `URX,UF` … as Envoy prints them. */
  readonly flags: string
  /** `%RESPONSE_CODE_DETAILS%` */
  readonly details: string
  /** Route name; `-` for none. */
  readonly route: string
  /** Cluster name; `-` for none. */
  readonly cluster: string
  /** `10.244.0.5:9080`; `-` for none. */
  readonly upstreamHost: string
  readonly attempts: number
  /** That the client of a sidecar dialled; left out where the target does not know it. */
  readonly localPort?: number
}

/** One request as a workload received it, or as a proxy answered it in the workload's stead. */
export interface Hop {
  /** Index in `Exchange.hops` of the hop whose workload sent this request; -1 for the client of the exchange. */
  readonly parent: number
  /** Who sent it; `null` for the client outside the mesh. */
  readonly from: WorkloadRef | null
  /** Service that the request was addressed to, as an FQDN where the target knows it. */
  readonly service: string | null
  /** Who received it; `null` when no workload did (fault, no route, no endpoint …). */
  readonly to: WorkloadRef | null
  /** `version` label of `to`. */
  readonly version: string | null
  /** `app` label of `to`, or its service's name. */
  readonly app: string | null
  /** At which the application of `to` received it; `null` for gateways and the world outside, and where the target cannot tell. */
  readonly port: number | null
  /** As it arrived at `to`; `null` when nothing arrived. */
  readonly received: HttpRequest | null
  /** TLS that `to` itself has ended, not a proxy of the mesh in its stead; `null` for none. */
  readonly tls: SeenTls | null
  /** Status of the answer to this request as the sender got it; 0 for none. */
  readonly status: number
  /** 1 for the first try, 2 for the first retry. */
  readonly attempt: number
  /** A copy that nobody waits for. */
  readonly mirrored: boolean
  /** It is a proxy's question to an authorizer, about the request of its parent (or of the client). */
  readonly asks?: true
  /** The sender's proxy's entry; `null` for a sender without one. All tries of a request share one entry. */
  readonly log: AccessLogEntry | null
  /** The receiver's proxy's entry. */
  readonly inbound: AccessLogEntry | null
  /** Why the request went where it went; `null` where the target cannot tell. Computed when called. */
  readonly explain: (() => Decision) | null
  /** Why the receiver's sidecar did not let it in; `null` where the target cannot tell, or it did. Computed when called. */
  readonly denial?: (() => Decision) | null
}

/** One rule that was looked at. */
export interface RuleTried {
  /** `http[0]`, `default`. */
  readonly rule: string
  readonly origin: Origin
  readonly matched: boolean
  /** In words: `header end-user is "anna", wanted exactly "jason"`. */
  readonly reason: string
}

/** The way through one proxy. Each stage that was not passed is `null`, and `outcome` says why. */
export interface Decision {
  /** `productpage-v1.default` */
  readonly proxy: string
  readonly listener: string | null
  readonly virtualHost: string | null
  /** The host that was asked for, an FQDN where it is known: `reviews.default.svc.cluster.local`. */
  readonly host: string
  readonly rules: readonly RuleTried[]
  /** Index into `rules`; -1 when none matched. */
  readonly chosen: number
  /** `→ reviews subset v1`, `404: no rule matched`, `503: subset v9 is in no DestinationRule` … */
  readonly outcome: string
  /** Exact odds of the chosen rule's alternatives by cluster, summing to 1; empty when nothing is forwarded. */
  readonly odds: readonly { readonly cluster: string; readonly share: number }[]
  /** What chance has decided; absent: nothing, or nobody knows. */
  readonly draws?: readonly Draw[]
}

/** A choice that another request may see made otherwise. */
export interface Draw {
  readonly kind: 'fault' | 'weight' | 'endpoint'
  /** `75% shop subset v1, 25% shop subset v2` */
  readonly text: string
  /** Who may be chosen; of a fault nobody. */
  readonly among: readonly Pick<Endpoint, 'workload' | 'labels'>[]
}

/** Why there was no answer at all. */
export type TransportError = 'refused' | 'closed' | 'timeout' | 'unresolved' | TlsError

/** How programs are told of it: those do not look into TLS. */
export function withoutTlsReason(error: TransportError): Exclude<TransportError, TlsError> {
  return isTlsError(error) ? 'closed' : error
}

export function isTlsError(error: string): error is TlsError {
  return error.startsWith('tls: ')
}

/** A handshake that failed, with the reason as OpenSSL names it: `tls: TLSV13_ALERT_CERTIFICATE_REQUIRED`. */
export type TlsError = `tls: ${string}`

/** A request, its answer, and the evidence. */
export interface Exchange {
  readonly request: HttpRequest
  /** `null` when the connection failed; then `error` says how. */
  readonly response: HttpResponse | null
  readonly error: TransportError | null
  /** ms of the target's clock. */
  readonly durationMs: number
  /** In the order of arrival, the whole tree. */
  readonly hops: readonly Hop[]
  /**
   * Why `hops` cannot say whether the request reached a service that is not among them, in any version or in this one; `null` when they
   * can. Absent: they always can.
   */
  readonly untold?: (service: { readonly name: string; readonly version: string | null }) => string | null
}
