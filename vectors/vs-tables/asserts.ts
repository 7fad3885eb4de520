import { isDeepStrictEqual } from 'node:util'
import type { Difference } from '../difference.ts'
import type { Assertion } from './vector.ts'

/** @param subject in the JSON form of Protocol Buffers, names in lowerCamelCase */
export function check(subject: unknown, assertion: Assertion): Difference[] {
  const { path, op, value, not = false } = assertion
  const seen = valueAt(subject, path)
  const holds = operations[op]
  if (!holds) return [{ call: null, field: path, wanted: op, seen, note: 'this assertion is not known' }]
  return holds(seen, value) !== not ? [] : [{ call: null, field: path, wanted: `${not ? 'not ' : ''}${op} ${JSON.stringify(value) ?? ''}`, seen }]
}

const operations: Readonly<Record<string, (seen: unknown, value: unknown) => boolean>> = {
  equals: (seen, value) => isDeepStrictEqual(canonical(seen), canonical(value)),
  includes: (seen, value) =>
    Object.entries(value as object).every(([name, field]) => isDeepStrictEqual(canonical((seen as Fields)?.[name]), canonical(field))),
  length: (seen, value) => Object.keys(seen ?? []).length === value,
  consistsOf: (seen, value) => isDeepStrictEqual(inAnyOrder(seen), inAnyOrder(value)),
  isEmpty: (seen) => Object.keys(seen ?? []).length === 0,
  isNil: (seen) => seen === undefined || seen === null,
  hasKey: (seen, value) => Object.hasOwn((seen ?? {}) as object, String(value)),
  hasAction: (seen, value) => actions.find((action) => Object.hasOwn(seen as object, action)) === value,
  hasNoAction: (seen) => !actions.some((action) => Object.hasOwn(seen as object, action)),
}

const actions = ['route', 'redirect', 'directResponse']

type Fields = Readonly<Record<string, unknown>>

/** `routes[0].route.timeout.seconds`; of a Duration the last step is its whole seconds. */
function valueAt(subject: unknown, path: string): unknown {
  let value = subject
  for (const [step] of path.matchAll(/[^.[\]]+/g)) {
    if (step === 'seconds' && typeof value === 'string') value = Math.trunc(Number.parseFloat(value))
    else value = (value as Fields | null | undefined)?.[step]
  }
  return value
}

/** A field that has its default value is as good as none, and Envoy keeps the names of headers in lower case. */
function canonical(value: unknown, name = ''): unknown {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return null
  if (typeof value === 'string') return isHeaderName(value, name) ? value.toLowerCase() : sameDuration(value)
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item) => canonical(item, name))
  const fields = Object.entries(value)
    .map(([field, inner]) => [field, canonical(inner, field)] as const)
    .filter(([, inner]) => inner !== null)
  return Object.fromEntries(fields)
}

/** A Duration is written with three, six or nine digits behind the point, or with as many as it needs. */
function sameDuration(text: string): string {
  return /^-?\d+\.\d+s$/.test(text) ? text.replace(/\.?0+s$/, 's') : text
}

/** What stands in upper case in these tables and is compared whole is a header's name. */
function isHeaderName(text: string, field: string): boolean {
  return field === 'key' || /HeadersToRemove$/.test(field) || (field === '' && /^[A-Z][A-Za-z]*(-[A-Z][A-Za-z]*)+$/.test(text))
}

function inAnyOrder(list: unknown): string[] {
  return ((list ?? []) as unknown[]).map((item) => JSON.stringify(canonical(item))).sort()
}
