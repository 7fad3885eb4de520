import { durationMs, int, message, messages, text, type Message } from '../../envoy/fields.ts'
import { readHeaderMatch } from '../../envoy/matchers.ts'
import type { Origin } from '../../ir/origin.ts'
import type { AbortStatus, Fault, FaultShare } from '../../ir/route.ts'
import { partsOf } from './rate-limit-patches.ts'

interface ReadFault {
  readonly fault: Fault
  /** Why Envoy does not take it. */
  readonly problem: string | null
}

/** A share that is left out is none. Source: Envoy `extensions/filters/http/fault`, and the constraints of `HTTPFault`. */
export function readFault(config: Message, origin: Origin): ReadFault {
  const delay = config['delay'] === undefined ? null : message(config['delay'], 'delay')
  const abort = config['abort'] === undefined ? null : message(config['abort'], 'abort')
  const headers = messages(config['headers'], 'headers').map((header, i) => readHeaderMatch(header, `headers[${i}]`, origin))
  const fault = {
    delay: delay && { ...shareOf(delay, 'header_delay'), durationMs: delay['header_delay'] === undefined ? durationMs(delay['fixed_delay']) : null },
    abort: abort && { ...shareOf(abort, 'header_abort'), status: statusOf(abort) },
    ...(headers.length > 0 && { headers }),
    origin,
  }
  return { fault, problem: (delay && delayProblem(delay)) ?? (abort && abortProblem(abort)) ?? headerProblem(config) }
}

function shareOf(part: Message, asked: string): FaultShare {
  const share = message(part['percentage'], 'percentage')
  return { ppm: partsOf(share), ...(part[asked] !== undefined && { unitPpm: partsOf({ ...share, numerator: 1 }) }) }
}

function statusOf(abort: Message): AbortStatus {
  if (abort['header_abort'] !== undefined) return { kind: 'asked' }
  return abort['grpc_status'] === undefined
    ? { kind: 'http', status: int(abort['http_status']) }
    : { kind: 'grpc', status: int(abort['grpc_status']) }
}

function delayProblem(delay: Message): string | null {
  if (delay['header_delay'] !== undefined) return null
  return (durationMs(delay['fixed_delay']) ?? 0) > 0 ? null : 'a delay needs a fixed_delay of more than 0s'
}

function abortProblem(abort: Message): string | null {
  if (abort['header_abort'] !== undefined || abort['grpc_status'] !== undefined) return null
  const status = int(abort['http_status'])
  return status >= 200 && status < 600 ? null : 'an abort needs an http_status from 200 to 599'
}

function headerProblem(config: Message): string | null {
  return messages(config['headers'], 'headers').some(({ name }) => text(name) === null) ? 'a condition on headers needs a name' : null
}

/** Into the filter that istiod has put in. Source: Istio `core/envoyfilter/listener_patch.go` mergeHTTPFilter. */
export function mergedFault(before: Fault | undefined, { delay, abort, headers = [], origin }: Fault): Fault {
  const all = [...(before?.headers ?? []), ...headers]
  return { delay: delay ?? before?.delay ?? null, abort: abort ?? before?.abort ?? null, ...(all.length > 0 && { headers: all }), origin }
}
