import type { Refusal } from '../../ir/route.ts'
import { durationMs } from '../duration.ts'
import { regexProblem, routingClaim } from '../../config/istio/matching.ts'
import { valueRefusal } from './format-refusal.ts'
import { stringMatch } from './string-match.ts'
import type { HeaderOperations, HttpMatch, HttpRule, IstioStringMatch } from './virtual-service-types.ts'

/**
 * Why Envoy refuses the route table that a rule becomes part of, though istiod lets the rule pass (a NACK). The whole table is refused, or all of them: a proxy that
 * has older ones goes on with them, a fresh one has none and answers 404. Source: the constraints of Envoy's protos; seen in `mesh-observed` as `envoyRejected`.
 */
export function envoyRefusal(rule: HttpRule): Refusal | null {
  const unreadable = redirectRefusal(rule)
  if (unreadable !== null) return { reason: unreadable, spoils: 'message' }
  const reason =
    statusRefusal(rule) ??
    headerRefusal(rule) ??
    claimRefusal(rule) ??
    weightRefusal(rule) ??
    queryRefusal(rule) ??
    regexRefusal(rule) ??
    pauseRefusal(rule)
  return reason === null ? null : { reason, spoils: 'table' }
}

/** `HTTPFault.FaultAbort.http_status`, `DirectResponseAction.status`: 200 or more and less than 600. */
function statusRefusal({ fault, directResponse }: HttpRule): string | null {
  return outOfRange('fault.abort.httpStatus', fault?.abort?.httpStatus) ?? outOfRange('directResponse.status', directResponse?.status)
}

function outOfRange(field: string, status: number | undefined): string | null {
  return status === undefined || (status >= 200 && status < 600) ? null : `${field} ${status} is not between 200 and 599`
}

/** The total of the weights of a route is a number of 32 bits. Source: Envoy `WeightedClusters`. */
function weightRefusal({ route = [] }: HttpRule): string | null {
  const total = route.reduce((sum, { weight = 0 }) => sum + weight, 0)
  return total > 0xffff_ffff ? `the weights of the destinations add up to ${total}, and to no more than ${0xffff_ffff} may they` : null
}

/** istiod writes no action for a code that Envoy has none for, and Envoy wants one. */
function redirectRefusal(rule: HttpRule): string | null {
  const code = rule.redirect?.redirectCode || 301
  return [301, 302, 303, 307, 308].includes(code) ? null : `redirect.redirectCode ${code} is none of 301, 302, 303, 307, 308`
}

function headerRefusal(rule: HttpRule): string | null {
  const all = [rule.headers, ...(rule.route ?? []).map((entry) => entry.headers)]
  return all.flatMap(valuesOf).reduce<string | null>((found, value) => found ?? valueRefusal(value), null)
}

/** istiod writes a condition without a value for it, which Envoy refuses. */
function claimRefusal({ match = [] }: HttpRule): string | null {
  const named = match.flatMap(({ headers, withoutHeaders }) => [...Object.entries(headers ?? {}), ...Object.entries(withoutHeaders ?? {})])
  const without = named.find(([name, condition]) => routingClaim(name) !== null && stringMatch(condition as IstioStringMatch).kind === 'present')
  return without ? `a match on the claim ${without[0].slice(1)} has no value, and that a claim is there cannot be asked` : null
}

/** `QueryParameterMatcher.name`: one character or more. */
function queryRefusal({ match = [] }: HttpRule): string | null {
  return match.some(({ queryParams }) => queryParams && Object.hasOwn(queryParams, '')) ? 'a match on a query parameter has no name for it' : null
}

/** Of a VirtualService istiod has asked; in a route of the Gateway API it leaves a regex to Envoy. */
function regexRefusal({ match = [] }: HttpRule): string | null {
  const conditionsOf = ({ headers, queryParams }: HttpMatch) => Object.values({ ...headers, ...queryParams }) as (IstioStringMatch | null)[]
  const patterns = match.flatMap((one) => [one.uri as IstioStringMatch | undefined, ...conditionsOf(one).filter((value) => value?.regex !== '*')])
  return patterns.flatMap((one) => one?.regex ?? []).reduce<string | null>((found, pattern) => found ?? regexProblem(pattern), null)
}

/** `RetryBackOff.base_interval`: more than nothing. The API server asks it of VirtualServices alone. */
function pauseRefusal({ route = [], retries }: HttpRule): string | null {
  const isNone = route.length > 0 && retries?.backoff !== undefined && durationMs(retries.backoff) === 0
  return isNone ? 'retries.backoff is no time' : null
}

function valuesOf(headers: HeaderOperations | undefined): string[] {
  const operations = [headers?.request, headers?.response]
  return operations.flatMap((one) => [...Object.values(one?.set ?? {}), ...Object.values(one?.add ?? {})] as string[])
}
