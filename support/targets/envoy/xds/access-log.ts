import type { AccessLogEntry } from '../../../../mesh-core/ir/exchange.ts'
import { typed } from './json.ts'
import type { Json } from './json.ts'

/** Names a request on its whole way from one workload to the next; workloads never see it. */
export const callHeader = 'x-meshspec-call'
/** Says who asks: of a question to an authorizer. */
export const askerHeader = 'x-meshspec-asker'

/** Says by which connection to which proxy the bytes come that a tunnel is asked for: `shop-v1-0.default 127.0.0.1:40123`. */
export const tunnelHeader = 'x-meshspec-tunnel'

/** Who writes. */
export interface Writer {
  /** `productpage-v1.default` */
  readonly proxy: string
  /** Unique in the Envoy: the mesh, and the pod in it, `1/productpage-v1-0.default`. */
  readonly pod: string
}

/** One line of the access log. Envoy writes `null` for what it does not know. */
export interface LogLine extends Writer {
  readonly direction: AccessLogEntry['direction']
  readonly call: string | null
  /** As `tunnelHeader` says it. */
  readonly tunnel: string | null
  readonly attempt: string | null
  readonly forwardedFor: string | null
  /** The client's end of the connection, `127.0.0.1:40123`: all that tells a call which no HTTP filter looked at. */
  readonly peer: string
  /** The proxy's end of the connection to who is called. */
  readonly local: string | null
  readonly status: number | null
  readonly flags: string | null
  readonly details: string | null
  /** Of a connection of which no HTTP was read, where a filter has ended it. */
  readonly termination: string | null
  readonly route: string | null
  readonly cluster: string | null
  readonly host: string | null
  readonly attempts: number | null
  readonly duration: number
  readonly requestId: string | null
}

/** Of a connection that has ended, after all that was written of what it carried. */
export interface EndLine extends Writer {
  /** The client's end of it. */
  readonly ended: string
}

/** Of every connection to a listener: one that no filter chain takes, or that fails within TLS, is written of nowhere else. Source: Envoy `Listener.access_log`. */
export function connectionLog({ proxy, pod }: Writer): readonly Json[] {
  return standardOutput({ proxy, pod, ended: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%' } satisfies Record<keyof EndLine, string>)
}

/** JSON lines on standard output: no file that a full disk could refuse. Source: Envoy, access log command operators. */
export function accessLog({ proxy, pod }: Writer, direction: AccessLogEntry['direction']): readonly Json[] {
  const fields: Record<keyof LogLine, string> = {
    proxy,
    pod,
    direction,
    call: `%REQ(${callHeader})%`,
    tunnel: `%REQ(${tunnelHeader})%`,
    attempt: '%REQ(x-envoy-attempt-count)%',
    forwardedFor: '%REQ(x-forwarded-for)%',
    peer: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%',
    local: '%UPSTREAM_LOCAL_ADDRESS%',
    status: '%RESPONSE_CODE%',
    flags: '%RESPONSE_FLAGS%',
    details: '%RESPONSE_CODE_DETAILS%',
    termination: '%CONNECTION_TERMINATION_DETAILS%',
    route: '%ROUTE_NAME%',
    cluster: '%UPSTREAM_CLUSTER%',
    host: '%UPSTREAM_HOST%',
    attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
    duration: '%DURATION%',
    requestId: '%REQ(x-request-id)%',
  }
  return standardOutput(fields)
}

function standardOutput(fields: Readonly<Record<string, string>>): readonly Json[] {
  const config = typed('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', { log_format: { json_format: fields } })
  return [{ name: 'envoy.access_loggers.stdout', typed_config: config }]
}
