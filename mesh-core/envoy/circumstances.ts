import { compileStringMatch } from '../match/string.ts'
import { int, message, type Message, messages, NotUnderstood, only } from './fields.ts'
import { readStringMatch } from './matchers.ts'

/** What a route may depend on besides the request. */
export interface Circumstances {
  /** The one runtime key that is switched on; `null` for none. */
  readonly runtimeKey: string | null
  /** What shares are drawn from. */
  readonly random: number
  /** By namespace. Source: Envoy `Metadata.filter_metadata`. */
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Do those conditions of a `RouteMatch` hold that are not about the request? What is not in force may as well not be there. */
export function inForce(match: Message, place: string, now: Circumstances): boolean {
  const fraction = match['runtime_fraction']
  if (fraction !== undefined && !isDrawn(message(fraction, place), place, now)) return false
  return messages(match['dynamic_metadata'], `${place}.dynamic_metadata`).every((matcher, i) =>
    matchesMetadata(matcher, `${place}.dynamic_metadata[${i}]`, now.metadata),
  )
}

const denominators: Readonly<Record<string, number>> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000, 0: 100, 1: 10_000, 2: 1_000_000 }

/**
 * Source: Envoy `test/tools/router_check/router.cc`, which knows one runtime key at a time, and counts a numerator of 0 as 1;
 * `ProtobufPercentHelper::evaluateFractionalPercent`.
 */
function isDrawn(fraction: Message, place: string, { runtimeKey, random }: Circumstances): boolean {
  const share = message(fraction['default_value'], place)
  const denominator = denominators[String(share['denominator'] ?? 'HUNDRED')]
  if (denominator === undefined) throw new NotUnderstood(`${place}.default_value.denominator`, 'wanted HUNDRED, TEN_THOUSAND or MILLION')
  if (fraction['runtime_key'] === undefined || fraction['runtime_key'] !== runtimeKey) return false
  return random % denominator < (int(share['numerator']) || 1)
}

const matcherFields = new Set(['filter', 'path', 'value', 'invert'])

/** Source: Envoy `Matchers::MetadataMatcher`: a value that is not there fulfils nothing, so that its inversion holds. */
function matchesMetadata(value: Message, place: string, metadata: Circumstances['metadata']): boolean {
  const matcher = only(value, place, matcherFields)
  const path = messages(matcher['path'], `${place}.path`).map((segment) => String(segment['key']))
  const found = path.reduce<unknown>(step, metadata[String(matcher['filter'])])
  return matchesValue(message(matcher['value'], `${place}.value`), found, `${place}.value`) !== (matcher['invert'] === true)
}

function step(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Message)[key] : undefined
}

/** Source: Envoy `ValueMatcher`. */
function matchesValue(matcher: Message, value: unknown, place: string): boolean {
  const [kind] = Object.keys(matcher)
  switch (kind) {
    case 'null_match':
      return value === null
    case 'bool_match':
      return value === matcher[kind]
    case 'present_match':
      return value !== undefined && matcher[kind] === true
    case 'string_match':
      return typeof value === 'string' && compileStringMatch(readStringMatch(matcher[kind], `${place}.${kind}`))(value)
    case 'double_match':
      return typeof value === 'number' && matchesNumber(message(matcher[kind], place), value)
    case 'list_match': {
      const one = message(message(matcher[kind], place)['one_of'], place)
      return Array.isArray(value) && value.some((item) => matchesValue(one, item, place))
    }
    case 'or_match':
      return messages(message(matcher[kind], place)['value_matchers'], place).some((one) => matchesValue(one, value, place))
    default:
      throw new NotUnderstood(place, `the value matcher "${kind ?? ''}" is not understood`)
  }
}

function matchesNumber({ exact, range }: Message, value: number): boolean {
  if (exact !== undefined) return value === Number(exact)
  const { start, end } = message(range, '')
  return value >= Number(start ?? 0) && value < Number(end ?? 0)
}
