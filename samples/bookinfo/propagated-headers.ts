import { Headers } from '../../mesh-core/ir/message.ts'

/** What both productpage and reviews pass on: the request's id, the headers of tracers, and what identifies the client. */
const common = [
  'x-request-id',
  'x-ot-span-context',
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'x-datadog-sampling-priority',
  'traceparent',
  'tracestate',
  'x-cloud-trace-context',
  'grpc-trace-bin',
  'sw8',
  'user-agent',
  'cookie',
  'authorization',
  'jwt',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-sampled',
] as const

/** `end-user` is not here: productpage sets it from the session alone. */
export const passedOnByProductpage: ReadonlySet<string> = new Set(common)
export const passedOnByReviews: ReadonlySet<string> = new Set([...common, 'x-b3-parentspanid', 'x-b3-flags', 'end-user'])

export function passOn(received: Headers, names: ReadonlySet<string>): Headers {
  const sent: string[] = []
  const { fields } = received
  for (let i = 0; i < fields.length; i += 2) if (names.has(fields[i]!)) sent.push(fields[i]!, fields[i + 1]!)
  return new Headers(sent)
}
