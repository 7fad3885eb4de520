import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { formatServiceRef } from '../sentences/service-ref.ts'
import { NotSupported } from '../targets/target.ts'
import type { ServiceRef } from '../targets/target.ts'
import { each } from './check.ts'
import type { Check, CheckContext } from './check.ts'
import { arrived, explain, isAt, nameOf, pathsOf, withReasons } from './evidence.ts'

/** The request was taken by the service, directly or behind others. Copies of mirroring do not count. */
export function reaches(service: ServiceRef): Check {
  return each((exchange, context) =>
    isReached(exchange, service, context) ? undefined : withReasons(whereInstead(exchange, service), explain(exchange, service, context)),
  )
}

export function reachesNot(service: ServiceRef): Check {
  return each((exchange, context) => {
    if (!isReached(exchange, service, context)) return undefined
    const took = exchange.hops.filter((hop) => arrived(hop) && isAt(hop, service)).map(nameOf)
    return withReasons(`reached ${names(took)}; it took ${pathsOf(exchange).join(', ')}.`, explain(exchange, service, context))
  })
}

/**
 * @throws NotSupported when the target names no workload of the service, and would not name it if there were one
 */
export function isReached(exchange: Exchange, service: ServiceRef, { capabilities, target }: CheckContext): boolean {
  const isTakenBy = (wanted: ServiceRef): boolean => exchange.hops.some((hop) => arrived(hop) && isAt(hop, wanted))
  if (isTakenBy(service)) return true
  const untold = exchange.untold?.(service) ?? null
  if (untold !== null) throw new NotSupported('path', untold)
  // Another version of it took the request, so the evidence covers this service.
  if (capabilities.has('path') || isTakenBy({ ...service, version: null })) return false
  throw new NotSupported('path', `the target ${target} does not tell whether ${formatServiceRef(service)} was reached`)
}

function whereInstead(exchange: Exchange, service: ServiceRef): string {
  const taken = exchange.hops.filter(arrived)
  const others = taken.filter((hop) => isAt(hop, { ...service, version: null }))
  if (others.length > 0) return `reached ${names(others.map(nameOf))} instead.`
  if (taken.length > 0) return `did not reach ${formatServiceRef(service)}; it took ${pathsOf(exchange).join(', ')}.`
  return `reached no workload: ${answerOf(exchange)}.`
}

/** `the answer was 503 with the body "no healthy upstream"`; of what answers with bytes, without a status, those. */
export function answerOf({ response, error }: Exchange): string {
  if (response === null) return `there was no answer (${error ?? 'closed'})`
  const body = response.body.length > 200 ? `${response.body.slice(0, 200)}…` : response.body
  const said = body === '' ? 'an empty body' : `the body ${JSON.stringify(body)}`
  return response.status === 0 ? `the answer has no status, and ${said}` : `the answer was ${response.status} with ${said}`
}

function names(all: readonly string[]): string {
  return [...new Set(all)].join(', ')
}
