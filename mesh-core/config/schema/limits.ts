import type { Limits, ScalarTree } from './field-tree.ts'

/** @param unit of what was counted; none for the value of a number */
export function limitProblem([least, most]: Limits, size: number, unit: 'characters' | 'items' | 'entries' | '' = ''): string | null {
  const of = unit === '' ? '' : ` ${unit}`
  if (least !== null && size < least)
    return unit === '' ? `is ${size}, must be at least ${least}` : least === 1 ? 'must not be empty' : `must have at least ${least}${of}`
  if (most !== null && size > most) return unit === '' ? `is ${size}, must be at most ${most}` : `has ${size}${of}, must have at most ${most}`
  return null
}

const patterns = new Map<string, RegExp>()

/** Patterns are those of CRDs: no user's own, and without what RE2 and RegExp read differently. */
export function patternProblem({ p, w }: ScalarTree, text: string): string | null {
  if (w === 'byte' && !isBase64(text)) return 'is no base64'
  if (p === undefined) return null
  // eslint-disable-next-line no-restricted-syntax -- the pattern of a CRD, which no user writes
  const pattern = patterns.get(p) ?? new RegExp(p)
  patterns.set(p, pattern)
  return pattern.test(text) ? null : `"${text}" is not of the form ${p}`
}

/** Source: Kubernetes' format `byte`, which takes no empty text and no line breaks. */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
}
