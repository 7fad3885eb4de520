import type { AccessLogEntry } from '../../../../mesh-core/ir/exchange.ts'
import { typed } from './json.ts'
import type { Json } from './json.ts'

/** Names a request on its whole way from one workload to the next; workloads never see it. */
export const callHeader = 'x-meshspec-call'

/** One line of the access log. Envoy writes `null` for what it does not know. */
export interface LogLine {
  readonly proxy: string
  readonly direction: AccessLogEntry['direction']
  readonly call: string | null
  readonly attempt: string | null
  /** The client's end of the connection, `127.0.0.1:40123`: all that tells a call which no HTTP filter looked at. */
  readonly peer: string
  /** The proxy's end of the connection to who is called. */
  readonly local: string | null
  readonly status: number | null
  readonly flags: string | null
  readonly details: string | null
  readonly route: string | null
  readonly cluster: string | null
  readonly host: string | null
  readonly attempts: number | null
  readonly duration: number
  readonly requestId: string | null
}

/** JSON lines on standard output: no file that a full disk could refuse. Source: Envoy, access log command operators. */
export function accessLog(proxy: string, direction: AccessLogEntry['direction']): readonly Json[] {
  const fields: Record<keyof LogLine, string> = {
    proxy,
    direction,
    call: `%REQ(${callHeader})%`,
    attempt: '%REQ(x-envoy-attempt-count)%',
    peer: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%',
    local: '%UPSTREAM_LOCAL_ADDRESS%',
    status: '%RESPONSE_CODE%',
    flags: '%RESPONSE_FLAGS%',
    details: '%RESPONSE_CODE_DETAILS%',
    route: '%ROUTE_NAME%',
    cluster: '%UPSTREAM_CLUSTER%',
    host: '%UPSTREAM_HOST%',
    attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
    duration: '%DURATION%',
    requestId: '%REQ(x-request-id)%',
  }
  const config = typed('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', { log_format: { json_format: fields } })
  return [{ name: 'envoy.access_loggers.stdout', typed_config: config }]
}
