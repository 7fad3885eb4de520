import type { Exchange } from '../../../../mesh-core/ir/exchange.ts'

/** By what a request of a client is known in traces. Source: Envoy, `x-client-trace-id` and `x-request-id`, tags of its spans. */
export const traceMarkHeader = 'x-client-trace-id'
export const traceTags: readonly string[] = ['guid:x-client-trace-id', 'guid:x-request-id']

/** How the client of a run calls itself where a gateway gives requests ids of its own: its access log tells which id that was. */
export function markedAgent(mark: string): string {
  return `meshspec (${mark})`
}

/** @returns `''` for a client that is none of ours */
export function markOfAgent(userAgent: string): string {
  return /^meshspec \(([0-9a-f-]{36})\)$/.exec(userAgent)?.[1] ?? ''
}

/** By which an exchange is known: the mark that a gateway leaves alone, and the request id, which inside the mesh stays what it is. */
export function marksOf({ request: { headers } }: Exchange): readonly string[] {
  const marks = [headers.get(traceMarkHeader), markOfAgent(headers.get('user-agent') ?? ''), headers.get('x-request-id')]
  return [...new Set(marks.filter((mark) => mark !== undefined && mark !== ''))] as string[]
}
