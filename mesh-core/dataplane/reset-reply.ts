import type { Reset } from './retry-policy.ts'

/** How an answer that never came is told: to the log, and to the client. Source: Envoy `Router::Filter::onUpstreamReset`. */
export function describeReset(reset: Exclude<Reset, 'per-try-timeout'>, retried: boolean): { flag: string; details: string; body: string } {
  const reason = reset === 'connect-failure' ? 'remote connection failure' : 'connection termination'
  return {
    flag: reset === 'connect-failure' ? 'UF' : 'UC',
    details: `upstream_reset_before_response_started{${
      reset === 'connect-failure' ? 'remote_connection_failure|delayed_connect_error:_Connection_refused' : 'connection_termination'
    }}`,
    body: `upstream connect error or disconnect/reset before headers. ${retried ? 'retried and the latest ' : ''}reset reason: ${reason}`,
  }
}
