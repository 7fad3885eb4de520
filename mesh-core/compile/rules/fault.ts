import { grpcStatuses } from '../../ir/grpc-status.ts'
import type { Origin } from '../../ir/origin.ts'
import type { AbortStatus, Fault } from '../../ir/route.ts'
import { durationMs } from '../duration.ts'
import type { HttpFault } from './virtual-service-types.ts'

/** Percent to parts per million, cut off as istiod does (`uint32(value * 10000)`). */
export function ppm(percent: number): number {
  return Math.trunc(percent * 10_000)
}

/**
 * A percentage that is missing is none: nothing is delayed or aborted. The old integer `delay.percent` still counts; `abort.percent` has left the API.
 * Source: Istio `core/route/route.go` TranslateFault.
 */
export function translateFault(fault: HttpFault, origin: Origin): Fault | null {
  const delay = fault.delay?.fixedDelay
    ? {
        ppm: fault.delay.percentage ? ppm(fault.delay.percentage.value ?? 0) : (fault.delay.percent ?? 0) * 10_000,
        durationMs: durationMs(fault.delay.fixedDelay),
      }
    : null
  const status = fault.abort ? abortStatus(fault.abort) : null
  const abort = status ? { ppm: ppm(fault.abort?.percentage?.value ?? 0), status } : null
  return delay || abort ? { delay, abort, origin } : null
}

function abortStatus(abort: NonNullable<HttpFault['abort']>): AbortStatus | null {
  if (abort.httpStatus !== undefined) return { kind: 'http', status: abort.httpStatus }
  if (abort.grpcStatus !== undefined) return { kind: 'grpc', status: (grpcStatuses as readonly string[]).indexOf(abort.grpcStatus.toUpperCase()) }
  return null
}
