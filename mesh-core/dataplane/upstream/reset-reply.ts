import type { Outcome } from '../outcome.ts'
import type { Reset } from './retry-policy.ts'

/** How an answer that never came is told: to the log, and to the client. */
export interface ResetStory {
  readonly status: number
  readonly flag: string
  readonly details: string
  readonly body: string
}

/**
 * Source: Envoy `Router::Filter::onUpstreamReset`.
 * @param failure why no connection came about, empty where nobody has said; default: nobody listens
 */
export function describeReset(reset: Exclude<Reset, 'per-try-timeout' | 'wrong-header'>, retried: boolean, failure = refusal): ResetStory {
  const { flag, reason, detail } = stories[reset]
  return {
    status: reset === 'protocol-error' ? 502 : 503,
    flag,
    details: `upstream_reset_before_response_started{${reset === 'connect-failure' && failure !== '' ? `${detail}|${failure}` : detail}}`,
    body: `upstream connect error or disconnect/reset before headers. ${retried ? 'retried and the latest ' : ''}reset reason: ${reason}`,
  }
}

/** What an answer says where too many requests were under way. Source: Envoy `Router::Filter::onUpstreamAbort`. */
export const overloaded = ['x-envoy-overloaded', 'true'] as const

/** Why no connection came about: nobody listens. */
export const refusal = 'delayed_connect_error:_Connection_refused'

const stories = {
  'connect-failure': {
    flag: 'UF',
    reason: 'remote connection failure',
    detail: 'remote_connection_failure',
  },
  closed: { flag: 'UC', reason: 'connection termination', detail: 'connection_termination' },
  'stream-reset': { flag: 'UR', reason: 'remote reset', detail: 'remote_reset' },
  'protocol-error': { flag: 'UPE', reason: 'protocol error', detail: 'protocol_error' },
  overflow: { flag: 'UO', reason: 'overflow', detail: 'overflow' },
} as const

/** What an end without an answer is to the proxy that has sent the request. */
export function resetOf(outcome: Extract<Outcome, string>): 'connect-failure' | 'stream-reset' | 'closed' {
  if (outcome === 'refused') return 'connect-failure'
  return outcome === 'stream-reset' ? outcome : 'closed'
}
