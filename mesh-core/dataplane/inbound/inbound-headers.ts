import type { InboundPort } from '../../ir/inbound-port.ts'
import { compileMutations, type Mutator } from '../messages/header-mutation.ts'
import { inlineOfRequest, inlineOfResponse } from '../messages/inline-headers.ts'

interface InboundHeaders {
  readonly request: Mutator | null
  readonly response: Mutator | null
}

const nothing: InboundHeaders = { request: null, response: null }
const known = new WeakMap<NonNullable<InboundPort['headers']>, InboundHeaders>()

/** What the one route towards a workload does with headers, ready to be done. */
export function inboundHeadersOf({ headers, mostSpecificHeadersWin }: InboundPort): InboundHeaders {
  if (!headers) return nothing
  let compiled = known.get(headers)
  if (!compiled) {
    const levels = mostSpecificHeadersWin ? headers.toReversed() : headers
    const request = levels.map((level) => level.request)
    const response = levels.map((level) => level.response)
    compiled = { request: compileMutations(request, inlineOfRequest), response: compileMutations(response, inlineOfResponse) }
    known.set(headers, compiled)
  }
  return compiled
}
