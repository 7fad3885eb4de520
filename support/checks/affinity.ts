import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { needing } from './check.ts'
import type { Check } from './check.ts'
import { NotSupported } from '../targets/target.ts'
import { arrived } from './evidence.ts'
import { answerOf } from './reach.ts'

/** Requests that carry the same value of a header were taken by one and the same pod. One that nobody took says nothing of that. */
export function sameEndpointPer(header: string): Check {
  return needing('served-by', (exchanges) => {
    const endpoints = new Map<string, Set<string>>()
    for (const exchange of exchanges) {
      const value = exchange.request.headers.get(header.toLowerCase())
      if (value === undefined) return `a request carries no header ${header}.`
      const endpoint = endpointOf(exchange)
      if (endpoint === null) return `a request reached no endpoint: ${answerOf(exchange)}.`
      endpoints.set(value, (endpoints.get(value) ?? new Set()).add(endpoint))
    }
    const spread = [...endpoints].find(([, reached]) => reached.size > 1)
    return spread && `${header} ${JSON.stringify(spread[0])} reached ${[...spread[1]].sort().join(', ')}.`
  })
}

/** The pod that gave the answer to the client; `null` for none. @throws NotSupported where the evidence tells its service alone */
function endpointOf({ hops }: Exchange): string | null {
  const taken = hops.findLast((hop) => hop.parent === -1 && arrived(hop))
  if (!taken) return null
  if (!taken.to?.instance) throw new NotSupported('served-by', 'what is known of the requests does not tell which pod of the service took them')
  return taken.to.instance
}
