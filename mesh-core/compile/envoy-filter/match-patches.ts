import { regexProblem } from '../../config/istio/matching.ts'
import { message, messages } from '../../envoy/fields.ts'
import { readRouteMatch } from '../../envoy/matchers.ts'
import type { PathMatch, RouteMatch } from '../../ir/match.ts'
import type { Origin } from '../../ir/origin.ts'
import type { Refusal } from '../../ir/route.ts'

const specifiers = ['prefix', 'path', 'safe_regex', 'path_separated_prefix']

/**
 * Conditions are added to those that a route has; of paths it has one. Of the case of paths istiod tells wherever a rule has a match: merged into that `false` says nothing.
 * @param hasOwn the route's rule has a match
 */
export function mergeMatch(known: RouteMatch, hasOwn: boolean, value: unknown, origin: Origin): RouteMatch {
  const fields = message(value, 'value.match')
  const hasPath = specifiers.some((name) => fields[name] !== undefined)
  const own = readRouteMatch(hasPath ? fields : { ...fields, prefix: '' }, 'value.match', origin)
  const told = fields['case_sensitive']
  const ignoresCase = told === false && !hasOwn ? true : told !== true && isWithoutCase(known.path)
  return {
    ...known,
    path: inCase(hasPath ? own.path : known.path, ignoresCase),
    ...(hasPath && { pathOrigin: origin }),
    headers: [...known.headers, ...own.headers],
    query: [...known.query, ...own.query],
  }
}

function isWithoutCase(path: PathMatch): boolean {
  return path.kind !== 'regex' && path.ignoreCase
}

function inCase(path: PathMatch, ignoreCase: boolean): PathMatch {
  return path.kind === 'regex' ? path : { ...path, ignoreCase }
}

/** Why Envoy does not take what is told of a match: see `RouteMatch` and its constraints. */
export function matchRefusal(value: unknown): Refusal | null {
  const fields = message(value, 'value.match')
  const segments = fields['path_separated_prefix']
  if (segments !== undefined && !/^[^?#]+[^?#/]$/.test(String(segments)))
    return { reason: `path_separated_prefix ${JSON.stringify(segments)} ends in a slash, or is too short`, spoils: 'message' }
  const reason = patternsOf(fields).reduce<string | null>((found, pattern) => found ?? regexProblem(pattern), null)
  return reason === null ? null : { reason, spoils: 'table' }
}

function patternsOf(fields: ReturnType<typeof message>): readonly string[] {
  const conditions = [...messages(fields['headers'], 'value.match.headers'), ...messages(fields['query_parameters'], 'value.match.query_parameters')]
  const holders = [
    fields,
    ...conditions.flatMap((one) => [one, { safe_regex: one['safe_regex_match'] }, message(one['string_match'], 'value.match.string_match')]),
  ]
  return holders.flatMap((holder) => {
    const { regex } = message(holder['safe_regex' as keyof typeof holder], 'value.match.safe_regex')
    return regex === undefined ? [] : [String(regex)]
  })
}
