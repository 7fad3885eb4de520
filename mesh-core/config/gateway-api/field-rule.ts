import type { Fields } from '../istio/judge.ts'

/** A rule between fields. It says what is wrong with the value at its place, or nothing. */
export interface FieldRule {
  /** With `[]` for each entry of a list. */
  readonly at: string
  /** @param value what stands there */
  readonly check: (value: any) => string | null
}

/** A complaint when the condition does not hold. */
export function must(at: string, problem: string, holds: (value: any) => boolean): FieldRule {
  return { at, check: (value) => (holds(value) ? null : problem) }
}

export const has = (value: unknown): boolean => value !== undefined && value !== null
export const lists = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value : [])

export function needsPort(at: string): FieldRule {
  return must(
    at,
    'a reference to a Service needs a port',
    ({ group = '', kind = 'Service', port }: Fields) => group !== '' || kind !== 'Service' || has(port),
  )
}

export function unique(at: string, key: string): FieldRule {
  return must(at, `each ${key} may occur once`, (all: readonly Fields[]) => new Set(all.map((entry) => entry[key])).size === all.length)
}
