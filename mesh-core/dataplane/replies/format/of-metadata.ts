import type { Claims } from '../../../ir/message.ts'
import { claimAt } from '../../../match/claim.ts'
import type { Format, Operator } from './format.ts'

/** What other filters of the mesh leave there is not modelled. */
const otherFilters = /^(envoy|istio)/

/** Source: Envoy `DynamicMetadataFormatter`, `substitution_formatter.cc`. */
export const ofMetadata = {
  DYNAMIC_METADATA: (argument) => ofFilters(namesIn(argument)),
  METADATA: (argument) => (argument.startsWith('DYNAMIC:') ? ofFilters(namesIn(argument.slice('DYNAMIC:'.length))) : null),
} satisfies Readonly<Record<string, Operator>>

/** `a:b:c`, or as istiod writes lists: `["a", "b", "c"]`. */
function namesIn(argument: string): readonly string[] {
  return argument.startsWith('[') ? (JSON.parse(argument) as string[]) : argument.split(':')
}

/** Of a token istiod keeps what it says as `payload`. */
function ofFilters([filter = '', ...path]: readonly string[]): Format | null {
  if (filter !== 'envoy.filters.http.jwt_authn') return otherFilters.test(filter) ? null : () => ''
  return ({ claims }) => textOf(claims === undefined ? undefined : claimAt({ payload: claims }, path))
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(sorted(value))
}

/** Names of a `google.protobuf.Struct` come in their order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, sorted((value as Claims)[name])]))
}
