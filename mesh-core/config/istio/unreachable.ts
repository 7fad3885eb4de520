import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'

/** Warnings for rules that never act. Source: Istio analyzeUnreachableHTTPRules and its like for TCP and TLS. */
export function warnOfUnreachableRules(spec: Fields, judge: Judge): void {
  warnOfCovered(warnOfUnreachable((spec.http ?? []) as Fields[], ['spec', 'http'], judge), judge)
  for (const protocol of ['tcp', 'tls']) warnOfUnreachable((spec[protocol] ?? []) as Fields[], ['spec', protocol], judge)
}

/** A match that is not found unused by itself. */
interface Looked {
  readonly rule: Fields
  readonly i: number
  readonly match: Fields
  readonly j: number
}

/** @returns the matches that are not called unused here */
function warnOfUnreachable(rules: readonly Fields[], path: FieldPath, judge: Judge): readonly Looked[] {
  const looked: Looked[] = []
  const first = new Map<string, number>()
  let withoutMatch = false
  for (const [i, rule] of rules.entries()) {
    if (!rule.match?.length) {
      if (withoutMatch) unreachable(rule, i, 'only the last rule can have no matches', path, judge)
      withoutMatch = true
      continue
    }
    if (withoutMatch) {
      // What it repeats is not looked at any more.
      unreachable(rule, i, 'route without matches defined before', path, judge)
      continue
    }
    let repeated = 0
    for (const [j, match] of (rule.match as Fields[]).entries()) {
      const key = conditionsOf(match)
      const earlier = first.get(key)
      if (earlier === undefined) {
        first.set(key, i)
        looked.push({ rule, i, match, j })
      } else {
        repeated++
        ineffective(rule, i, nameOf(match, j), nameOf(rules[earlier] as Fields, earlier), [...path, i, 'match', j], judge)
      }
    }
    if (repeated === rule.match.length) unreachable(rule, i, 'all matches used by prior rules', path, judge)
  }
  return looked
}

/** Of two prefixes with the same further conditions, the later is never looked at where the earlier is its beginning. */
function warnOfCovered(looked: readonly Looked[], judge: Judge): void {
  const prefixes = looked.filter(({ match }) => match.uri?.prefix)
  // Only a prefix that begins another can cover it: without one, the comparison of all with all is spared.
  for (const [at, earlier] of prefixes.entries())
    for (const later of prefixes.slice(at + 1)) {
      const [a, b] = [earlier.match.uri.prefix as string, later.match.uri.prefix as string]
      if (a === b || !b.startsWith(a) || !covers(earlier.match, later.match)) continue
      const match = `${nameOf(later.match, later.j)} of prefix ${b}`
      const other = `${nameOf(earlier.match, earlier.j)} of prefix ${a} on ${nameOf(earlier.rule, earlier.i)}`
      ineffective(later.rule, later.i, match, other, ['spec', 'http', later.i, 'match', later.j], judge)
    }
}

/** istiod compares conditions as texts: `exact:jason`, `prefix:j`, and the longer of the two may be the earlier's. */
function covers(earlier: Fields, later: Fields): boolean {
  if ((earlier.port ?? 0) !== (later.port ?? 0)) return false
  if (!asText(earlier.method, 'exact:GET').startsWith(asText(later.method, 'exact:GET'))) return false
  if (!asText(earlier.authority).startsWith(asText(later.authority))) return false
  return ['headers', 'queryParams', 'withoutHeaders'].every((field) => mapCovers((earlier[field] ?? {}) as Fields, (later[field] ?? {}) as Fields))
}

function mapCovers(earlier: Fields, later: Fields): boolean {
  const names = Object.keys(earlier)
  return (
    names.length === Object.keys(later).length &&
    names.every((name) => Object.hasOwn(later, name) && asText(earlier[name]).startsWith(asText(later[name])))
  )
}

function asText(match: Fields | undefined, otherwise = ''): string {
  if (match?.exact) return `exact:${match.exact}`
  return match?.prefix ? `prefix:${match.prefix}` : otherwise
}

/** The same conditions in the same words, whatever their order; the name is none, and what says the default says nothing. */
function conditionsOf({ name: _, ...match }: Fields): string {
  return inOrder(Object.fromEntries(Object.entries(match).filter(([field, value]) => !isDefault(field, value))))
}

/** An empty list or map says nothing; an empty StringMatch is one. */
function isDefault(field: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === false || value === 0 || value === '' || value === null
  return !stringMatches.has(field) && Object.keys(value).length === 0
}

const stringMatches: ReadonlySet<string> = new Set(['uri', 'scheme', 'method', 'authority'])

/** JSON with its keys in order. */
function inOrder(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(inOrder).join(',')}]`
  const object = value as Readonly<Record<string, unknown>>
  return `{${Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${inOrder(object[key])}`)
    .join(',')}}`
}

function nameOf(named: Fields, index: number): string {
  return named.name ? `"${named.name}"` : `#${index}`
}

function unreachable(rule: Fields, index: number, reason: string, path: FieldPath, judge: Judge): void {
  judge.warn('UNREACHABLE_RULE', [...path, index], `virtualService rule ${nameOf(rule, index)} not used (${reason})`)
}

function ineffective(rule: Fields, index: number, match: string, other: string, path: FieldPath, judge: Judge): void {
  judge.warn(
    'UNREACHABLE_RULE',
    path,
    `virtualService rule ${nameOf(rule, index)} match ${match} is not used (duplicate/overlapping match in rule ${other})`,
  )
}
