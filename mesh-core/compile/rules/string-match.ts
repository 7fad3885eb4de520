import type { StringMatch } from '../../ir/match.ts'
import type { IstioStringMatch } from './virtual-service-types.ts'

/**
 * Nothing, and the regex `*`, mean "present". Source: Istio `core/route/route.go` canBeConvertedToPresentMatch, `util.ConvertToEnvoyMatch`.
 */
export function stringMatch(match: IstioStringMatch | null | undefined): StringMatch {
  if (match?.exact !== undefined) return { kind: 'exact', value: match.exact, ignoreCase: false }
  if (match?.prefix !== undefined) return { kind: 'prefix', value: match.prefix, ignoreCase: false }
  if (match?.regex !== undefined && match.regex !== '*') return { kind: 'regex', pattern: match.regex }
  return { kind: 'present' }
}
