import type { InboundPort } from '../ir/inbound-port.ts'
import { compileMutation, type Mutator } from './header-mutation.ts'
import { inlineOfRequest, inlineOfResponse } from './inline-headers.ts'

interface InboundHeaders {
  readonly request: Mutator | null
  readonly response: Mutator | null
}

const nothing: InboundHeaders = { request: null, response: null }
const known = new WeakMap<NonNullable<InboundPort['headers']>, InboundHeaders>()

/** What the one route towards a workload does with headers, ready to be done. */
export function inboundHeadersOf({ headers }: InboundPort): InboundHeaders {
  if (!headers) return nothing
  let compiled = known.get(headers)
  if (!compiled) {
    compiled = { request: compileMutation(headers.request, inlineOfRequest), response: compileMutation(headers.response, inlineOfResponse) }
    known.set(headers, compiled)
  }
  return compiled
}
