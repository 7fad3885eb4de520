import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { needing } from './check.ts'
import type { Check } from './check.ts'
import { NotSupported } from '../targets/target.ts'
import { arrived } from './evidence.ts'

/** Requests that carry the same value of a header were taken by one and the same pod. */
export function sameEndpointPer(header: string): Check {
  return needing('served-by', (exchanges) => {
    const endpoints = new Map<string, Set<string>>()
    for (const exchange of exchanges) {
      const value = exchange.request.headers.get(header.toLowerCase())
      if (value === undefined) return `a request carries no header ${header}.`
      endpoints.set(value, (endpoints.get(value) ?? new Set()).add(endpointOf(exchange)))
    }
    const spread = [...endpoints].find(([, reached]) => reached.size > 1)
    return spread && `${header} ${JSON.stringify(spread[0])} reached ${[...spread[1]].sort().join(', ')}.`
  })
}

/** The pod that gave the answer to the client. @throws NotSupported where the evidence tells its service alone */
function endpointOf({ hops }: Exchange): string {
  const instance = hops.findLast((hop) => hop.parent === -1 && arrived(hop))?.to?.instance ?? 'nobody'
  if (instance === '') throw new NotSupported('served-by', 'what is known of the requests does not tell which pod of the service took them')
  return instance
}
