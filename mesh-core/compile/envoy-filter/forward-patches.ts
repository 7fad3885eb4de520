import { durationMs, int, message, text, texts, type Message } from '../../envoy/fields.ts'
import { leadingTo } from '../../envoy/route-action.ts'
import type { Origin } from '../../ir/origin.ts'
import type { ForwardAction, Refusal, RetryPolicy, StreamDuration } from '../../ir/route.ts'
import { mergeRewrite } from './rewrite-patches.ts'

/** A cluster takes the place of however many there were. */
export function mergeForward(
  known: ForwardAction,
  value: Message,
  origin: Origin,
): { readonly action: ForwardAction; readonly refusal: Refusal | null } {
  const { rewrite, refusal } = mergeRewrite(known.pathRewrite, value)
  const action: ForwardAction = {
    ...known,
    pathRewrite: rewrite,
    ...(text(value['cluster']) !== null && { clusters: [leadingTo(String(value['cluster']), origin)] }),
    ...(value['timeout'] !== undefined && { timeoutMs: durationMs(value['timeout']) || null }),
    ...(value['idle_timeout'] !== undefined && { idleMs: durationMs(value['idle_timeout']) ?? 0 }),
    ...(value['max_stream_duration'] !== undefined && {
      duration: mergeDuration(known.duration, message(value['max_stream_duration'], 'value.route')),
    }),
    ...(value['append_x_forwarded_host'] === true && { tellsForwardedHost: true as const }),
    ...(value['retry_policy'] !== undefined && { retry: mergeRetries(known.retry, message(value['retry_policy'], 'value.route.retry_policy')) }),
    ...(text(value['host_rewrite_literal']) !== null && { hostRewrite: text(value['host_rewrite_literal']) }),
  }
  return { action, refusal }
}

function mergeDuration(known: StreamDuration | undefined, value: Message): StreamDuration {
  const told = (field: string, name: keyof StreamDuration): StreamDuration =>
    value[field] === undefined ? {} : { [name]: durationMs(value[field]) ?? 0 }
  return {
    ...known,
    ...told('max_stream_duration', 'maxMs'),
    ...told('grpc_timeout_header_max', 'askedMaxMs'),
    ...told('grpc_timeout_header_offset', 'askedOffsetMs'),
  }
}

/** Without a policy of istiod's own Envoy's defaults hold. Source: Envoy `RetryPolicy`. */
const untold: RetryPolicy = {
  ...{ numRetries: 1, retryOn: [], retriableStatusCodes: [], perTryTimeoutMs: null },
  ...{ backOff: { baseMs: 25, maxMs: 250 }, hostSelectionAttempts: 0 },
}

function mergeRetries(known: RetryPolicy | null, value: Message): RetryPolicy {
  const conditions = text(value['retry_on'])
  const codes = texts(value['retriable_status_codes']).map(Number)
  return {
    ...(known ?? untold),
    ...(conditions !== null && { retryOn: conditions.split(',').map((condition) => condition.trim()) }),
    ...(codes.length > 0 && { retriableStatusCodes: [...(known?.retriableStatusCodes ?? []), ...codes] }),
    ...(value['num_retries'] !== undefined && { numRetries: int(value['num_retries']) }),
    ...(value['per_try_timeout'] !== undefined && { perTryTimeoutMs: durationMs(value['per_try_timeout']) || null }),
  }
}
