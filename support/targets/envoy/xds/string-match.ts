import type { StringMatch } from '../../../../mesh-core/ir/match.ts'
import type { Json } from './json.ts'

/** Source: Envoy `StringMatcher`. Presence has no form there: the matchers around it have a field of their own for it. */
export function stringMatcher(match: Exclude<StringMatch, { kind: 'present' }>): Json {
  if (match.kind === 'regex') return { safe_regex: { regex: match.pattern } }
  return { [match.kind]: match.value, ...(match.ignoreCase ? { ignore_case: true } : {}) }
}
