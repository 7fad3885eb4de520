import type { FieldPath, Report } from '../finding.ts'
import { bounds, type Bound } from './bounds.ts'
import { fieldRules } from './rules.ts'

/**
 * What the CRDs of the Gateway API say beyond types and names of fields: bounds, patterns, and rules between fields.
 * @param object whose types and field names are in order
 * @param apiVersion `gateway.networking.k8s.io/v1`
 */
export function checkGatewayApi(object: unknown, apiVersion: string, kind: string, report: Report): void {
  let within = true
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  for (const [place, bound] of Object.entries(bounds[`${version}/${kind}`] ?? bounds[kind] ?? {}))
    for (const [value, path] of valuesAt(object, place)) {
      const problem = problemOf(bound, value)
      if (problem === null) continue
      within = false
      report({ code: 'SCHEMA_VALUE', path, problem })
    }
  // As in the API server: rules between fields are asked of values that are in order.
  if (!within) return
  for (const { at, check } of fieldRules[kind] ?? [])
    for (const [value, path] of valuesAt(object, at)) {
      const problem = check(value)
      if (problem !== null) report({ code: 'SCHEMA_VALUE', path, problem })
    }
}

function problemOf(bound: Bound, value: unknown): string | null {
  const { min, max, minLength, maxLength, pattern, values, maxProperties } = bound
  if (Array.isArray(value)) return problemOfList(bound, value)
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length > (maxProperties ?? Infinity) ? `must have at most ${maxProperties} entries` : null
  if (typeof value === 'number') {
    if (values && !values.includes(value)) return `must be one of ${values.join(', ')}`
    if (value < (min ?? -Infinity)) return `must be at least ${min}`
    return value > (max ?? Infinity) ? `must be at most ${max}` : null
  }
  if (typeof value !== 'string') return null
  if (value.length < (minLength ?? 0)) return 'must not be empty'
  if (value.length > (maxLength ?? Infinity)) return `must be at most ${maxLength} characters long`
  return pattern && !pattern.test(value) ? `"${value}" is not of the form ${pattern.source}` : null
}

function problemOfList({ minItems, maxItems, isSet }: Bound, list: readonly unknown[]): string | null {
  if (list.length < (minItems ?? 0)) return `must have at least ${minItems} entries`
  if (list.length > (maxItems ?? Infinity)) return `must have at most ${maxItems} entries`
  const twice = isSet && list.find((one, i) => list.indexOf(one) < i)
  return twice === undefined || twice === false ? null : `${JSON.stringify(twice)} occurs twice`
}

/** Every value at a place: `spec.rules[].filters` is the list, `spec.rules[].filters[]` each of its entries. */
function* valuesAt(object: unknown, place: string): Generator<readonly [unknown, FieldPath]> {
  yield* descend(object, place.replaceAll(/\[\]|\{\}/g, '.$&').split('.'), 0, [])
}

function* descend(value: unknown, parts: readonly string[], i: number, path: FieldPath): Generator<readonly [unknown, FieldPath]> {
  if (value === undefined || value === null) return
  const part = parts[i]
  if (part === undefined) yield [value, path]
  else if (part === '{}') for (const [key, item] of Object.entries(value)) yield* descend(item, parts, i + 1, [...path, key])
  else if (part !== '[]') yield* descend((value as Record<string, unknown>)[part], parts, i + 1, [...path, part])
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* descend(item, parts, i + 1, [...path, index])
}
