import type { FieldPath } from '../finding.ts'
import { checkDuration } from './durations.ts'
import type { Fields, Judge } from './judge.ts'

const grpcStatuses = new Set(
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  ),
)

/** Source: Istio validateHTTPFaultInjection. */
export function checkFault(fault: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!fault) return
  if (!fault.abort && !fault.delay) judge.error('SCHEMA_REQUIRED', path, 'HTTP fault injection must have an abort and/or a delay')
  checkAbort(fault.abort, [...path, 'abort'], judge)
  checkDelay(fault.delay, [...path, 'delay'], judge)
}

/** Source: Istio validateHTTPFaultInjectionAbort. */
export function checkAbort(abort: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!abort) return
  checkPercentage(abort.percentage, [...path, 'percentage', 'value'], judge)
  if (abort.grpcStatus !== undefined) {
    const hint = 'See https://github.com/grpc/grpc/blob/master/doc/statuscodes.md for a list of supported codes'
    if (!grpcStatuses.has(abort.grpcStatus as string))
      judge.error('INVALID_VALUE', [...path, 'grpcStatus'], `gRPC status "${abort.grpcStatus}" is not supported. ${hint}, for example 'NOT_FOUND'`)
  } else if (abort.http2Error !== undefined) judge.error('INVALID_VALUE', [...path, 'http2Error'], 'HTTP/2 abort fault injection not supported yet')
  else if (abort.httpStatus !== undefined) checkHttpStatus(abort.httpStatus as number, [...path, 'httpStatus'], judge)
}

/** Source: Istio validateHTTPFaultInjectionDelay. */
export function checkDelay(delay: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!delay) return
  checkPercentage(delay.percentage, [...path, 'percentage', 'value'], judge)
  checkDuration(delay.fixedDelay, [...path, 'fixedDelay'], judge)
  if (delay.exponentialDelay === undefined) return
  checkDuration(delay.exponentialDelay, [...path, 'exponentialDelay'], judge)
  judge.error('INVALID_VALUE', [...path, 'exponentialDelay'], 'exponentialDelay not supported yet', 'use fixedDelay')
}

function checkPercentage(percentage: Fields | undefined, path: FieldPath, judge: Judge): void {
  const value: number = percentage?.value ?? 0
  if (value < 0 || value > 100 || (value > 0 && value < 0.0001))
    judge.error('INVALID_PERCENT', path, `percentage ${goFloat(value)} is neither 0.0, nor in range [0.0001, 100.0]`)
}

/** `1e-05`, where JavaScript prints `0.00001`. */
function goFloat(value: number): string {
  if (value === 0 || Math.abs(value) >= 0.0001) return String(value)
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1')
}

/** 600 passes, as at istiod, though its message says otherwise; Envoy refuses it then. */
export function checkHttpStatus(status: number, path: FieldPath, judge: Judge): void {
  if (status < 200 || status > 600) judge.error('INVALID_VALUE', path, `HTTP status ${status} is not in range 200-599`)
}
