import type { HttpRequest } from '../../ir/message.ts'
import type { AbortStatus, Fault } from '../../ir/route.ts'
import { compileHeaderMatch, headerOf } from '../../match/header.ts'
import type { LogRecord } from '../evidence.ts'
import type { LocalReply } from '../replies/local-reply.ts'
import type { Plane } from '../plane.ts'

const million = 1_000_000

/** A request that may be delayed or ended. */
export interface FaultyStream {
  readonly plane: Plane
  readonly log: LogRecord
  readonly request: HttpRequest
  /** Of who delays it. */
  readonly name: string
  readonly ended: boolean
  readonly body: { take(): void }
}

/** What a filter answers in the place of whoever was asked. */
export interface Ending {
  readonly reply: LocalReply
  readonly details: string
  readonly flag: string | null
}

/**
 * Delay and abort are drawn apart, and the delay comes first. It stands before the router, so no timeout counts it. Source: Envoy `FaultFilter`.
 * @param next `null`: the request goes on
 */
export function injectFault(stream: FaultyStream, fault: Fault, next: (ending: Ending | null) => void): void {
  const { log, plane } = stream
  if (!isMeant(fault, stream.request)) return next(null)
  const delayMs = delayOf(stream, fault)
  const afterDelay = () => next(endingOf(stream, fault))
  if (delayMs === 0) return afterDelay()
  log.raise('DI')
  stream.body.take()
  const resume = () => {
    if (!stream.ended) afterDelay()
  }
  plane.clock.schedule(delayMs, resume, `fault delay at ${stream.name}`)
}

type Part = NonNullable<Fault['delay'] | Fault['abort']>

/** A request that asks for a fault may ask for less of it, in the unit that the filter has its share in. Source: Envoy `HeaderPercentageProvider`. */
function isDrawn({ plane, request }: FaultyStream, { ppm, unitPpm }: Part, header: string): boolean {
  const asked = unitPpm === undefined ? null : wholeNumber(request, header)
  const share = asked === null ? ppm : Math.min(ppm, asked * unitPpm!)
  return plane.chance.fault.below(million) < share
}

function delayOf(stream: FaultyStream, { delay }: Fault): number {
  if (!delay) return 0
  const ms = delay.durationMs ?? wholeNumber(stream.request, 'x-envoy-fault-delay-request') ?? 0
  return ms > 0 && isDrawn(stream, delay, 'x-envoy-fault-delay-request-percentage') ? ms : 0
}

function endingOf(stream: FaultyStream, { abort }: Fault): Ending | null {
  const status = abort && statusOf(abort.status, stream.request)
  if (!status || !isDrawn(stream, abort, 'x-envoy-fault-abort-request-percentage')) return null
  return { reply: replyOf(status), details: 'fault_filter_abort', flag: 'FI' }
}

type KnownStatus = Exclude<AbortStatus, { kind: 'asked' }>

/** @returns `null`: the request asks for none that there is. Source: Envoy `FaultAbortConfig::HeaderAbortProvider` */
function statusOf(status: AbortStatus, request: HttpRequest): KnownStatus | null {
  if (status.kind !== 'asked') return status
  const http = wholeNumber(request, 'x-envoy-fault-abort-request') ?? 0
  if (http >= 200 && http < 600) return { kind: 'http', status: http }
  const grpc = wholeNumber(request, 'x-envoy-fault-abort-grpc-request')
  return grpc === null ? null : { kind: 'grpc', status: grpc }
}

function wholeNumber(request: HttpRequest, name: string): number | null {
  const value = headerOf(request, name)
  return value !== undefined && /^\s*\+?\d+\s*$/.test(value) ? Number(value) : null
}

function replyOf(status: KnownStatus): LocalReply {
  const body = 'fault filter abort'
  return status.kind === 'http' ? { status: status.status, body } : { status: 200, body, grpcStatus: status.status }
}

const conditions = new WeakMap<NonNullable<Fault['headers']>, (request: HttpRequest) => boolean>()

/** By the headers that it is for. */
function isMeant({ headers }: Fault, request: HttpRequest): boolean {
  if (!headers) return true
  let test = conditions.get(headers)
  if (!test) {
    const tests = headers.map(compileHeaderMatch)
    conditions.set(headers, (test = (one) => tests.every((holds) => holds(one))))
  }
  return test(request)
}
