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
    visitAt(object, place, (value, path) => {
      const problem = problemOf(bound, value)
      if (problem === null) return
      within = false
      report({ code: 'SCHEMA_VALUE', path: [...path], problem })
    })
  // As in the API server: rules between fields are asked of values that are in order.
  if (!within) return
  for (const { at, check } of fieldRules[kind] ?? [])
    visitAt(object, at, (value, path) => {
      const problem = check(value)
      if (problem !== null) report({ code: 'SCHEMA_VALUE', path: [...path], problem })
    })
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

type Visit = (value: unknown, path: FieldPath) => void

/** Shows every value at a place: `spec.rules[].filters` is the list, `spec.rules[].filters[]` each of its entries. A path is to be copied by who keeps it. */
function visitAt(object: unknown, place: string, visit: Visit): void {
  descend(object, partsOf(place), [], visit)
}

function descend(value: unknown, parts: readonly string[], path: (string | number)[], visit: Visit, i = 0): void {
  if (value === undefined || value === null) return
  const part = parts[i]
  const step = (key: string | number, item: unknown): void => {
    path.push(key)
    descend(item, parts, path, visit, i + 1)
    path.pop()
  }
  if (part === undefined) visit(value, path)
  else if (part === '{}') for (const [key, item] of Object.entries(value)) step(key, item)
  else if (part !== '[]') step(part, (value as Record<string, unknown>)[part])
  else if (Array.isArray(value)) value.forEach((item, index) => step(index, item))
}

const split = new Map<string, readonly string[]>()

/** Of the places in the tables, which are asked about for object after object. */
function partsOf(place: string): readonly string[] {
  let parts = split.get(place)
  if (!parts) split.set(place, (parts = place.replaceAll(/\[\]|\{\}/g, '.$&').split('.')))
  return parts
}
