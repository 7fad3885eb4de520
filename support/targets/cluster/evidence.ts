import type { Exchange, Hop } from '../../../mesh-core/ir/exchange.ts'
import { echoHops } from './echo-evidence.ts'
import { isProductPage, pageEvidence } from './page-evidence.ts'
import type { Answered } from './gateway-client.ts'
import { unknownHop } from './unknown-hop.ts'

/** Who took the request, and of whom that cannot be said. */
export interface Evidence extends Pick<Exchange, 'hops' | 'untold'> {
  /** There is nothing of which it could not be said; else another source may know more. */
  readonly whole: boolean
}

/** For reports. */
export const answersPhrase = 'the answers themselves: bodies of echo services, the page of Bookinfo'

/** All that a client outside can know: what the answer itself says. */
export function evidenceOf(answered: Answered): Evidence {
  const { response, error } = answered
  // Whom nobody let in has reached nobody.
  if (error === 'refused') return { hops: [], untold: () => null, whole: true }
  if (response === null) return { hops: [], untold: () => 'there was no answer that could tell who took the request', whole: false }
  const echo = echoHops(response)
  if (echo) return { hops: echo, untold: () => null, whole: true }
  if (isProductPage(answered)) return pageEvidence(response)
  if (isOfGateway(answered)) return { hops: [ownReply(response.status)], untold: () => null, whole: true }
  return { hops: [], untold: () => 'the answer does not tell who gave it', whole: false }
}

/** Envoy adds the header to what an upstream answered; a redirect or a 404 without it never left the gateway. */
function isOfGateway({ response }: Answered): boolean {
  if (response === null || response.headers.has('x-envoy-upstream-service-time')) return false
  const byRoute = response.status === 404 || (response.status >= 300 && response.status < 400)
  return byRoute && response.headers.get('server') === 'istio-envoy'
}

function ownReply(status: number): Hop {
  return { ...unknownHop, status }
}
