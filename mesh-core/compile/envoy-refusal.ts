import type { Refusal } from '../ir/route.ts'
import { routingClaim } from '../config/istio/matching.ts'
import { stringMatch } from './string-match.ts'
import type { HeaderOperations, HttpRule, IstioStringMatch } from './virtual-service-types.ts'

/**
 * Why Envoy refuses the route table that a rule becomes part of, though istiod lets the rule pass (a NACK). The whole table is refused, or all of them: a proxy that
 * has older ones goes on with them, a fresh one has none and answers 404. Source: the constraints of Envoy's protos; seen in `mesh-observed` as `envoyRejected`.
 */
export function envoyRefusal(rule: HttpRule): Refusal | null {
  const unreadable = redirectRefusal(rule)
  if (unreadable !== null) return { reason: unreadable, spoils: 'message' }
  const reason = abortRefusal(rule) ?? headerRefusal(rule) ?? claimRefusal(rule) ?? queryRefusal(rule)
  return reason === null ? null : { reason, spoils: 'table' }
}

/** `HTTPFault.FaultAbort.http_status`: 200 or more and less than 600. */
function abortRefusal(rule: HttpRule): string | null {
  const status = rule.fault?.abort?.httpStatus
  if (status === undefined || (status >= 200 && status < 600)) return null
  return `fault.abort.httpStatus ${status} is not between 200 and 599`
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

/** Why Envoy does not take the value of a header that it is to write. */
export function valueRefusal(value: string): string | null {
  const commands = value.replaceAll('%%', '')
  for (const [, operator] of commands.matchAll(/%([A-Z][A-Z_0-9]*)/g))
    if (!isOperator(operator!)) return `the header value "${value}" names %${operator}%, which Envoy does not know`
  return commands.replaceAll(command, '').includes('%') ? `the header value "${value}" has a percent sign that begins no command: write %%` : null
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

/** Source: Envoy `source/common/formatter/substitution_formatter.cc`. */
const command = /%[A-Z0-9_]+(?:\([^)]*\))?(?::[0-9]+)?%/g

function valuesOf(headers: HeaderOperations | undefined): string[] {
  const operations = [headers?.request, headers?.response]
  return operations.flatMap((one) => [...Object.values(one?.set ?? {}), ...Object.values(one?.add ?? {})] as string[])
}

/** Source: Envoy `source/common/formatter`; families by their prefixes. */
const operators =
  /^(REQ|RESP|TRAILER|REQ_WITHOUT_QUERY|PATH|QUERY_PARAMS?|PROTOCOL|HOSTNAME|ROUTE_NAME|VIRTUAL_(HOST|CLUSTER)_NAME|FILTER_CHAIN_NAME|FILTER_STATE|DYNAMIC_METADATA|CLUSTER_METADATA|METADATA|UPSTREAM_\w+|DOWNSTREAM_\w+|(START|EMIT)_TIME(_LOCAL)?|\w*DURATION|BYTES_\w+|PACKETS_RETRANSMITTED|(REQUEST|RESPONSE)_(HEADERS|TRAILERS)_BYTES|RESPONSE_CODE(_DETAILS)?|RESPONSE_FLAGS(_LONG)?|CONNECTION_(ID|TERMINATION_DETAILS)|STREAM_ID|GRPC_STATUS(_NUMBER)?|REQUESTED_SERVER_NAME|ACCESS_LOG_TYPE|UNIQUE_ID|ENVIRONMENT|TRACE_ID|SPAN_ID|PER_REQUEST_STATE|TLS_JA[34]_FINGERPRINT|CUSTOM_FLAGS|LOCAL_REPLY_BODY|COALESCE)$/

function isOperator(name: string): boolean {
  return operators.test(name)
}
