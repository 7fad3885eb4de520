import type { QueryMatch } from '../ir/match.ts'
import { compileStringMatch, describeStringMatch } from './string.ts'

/** @returns a predicate over a request target (`/path?a=1`) */
export function compileQueryMatch(match: QueryMatch): (target: string) => boolean {
  const test = compileStringMatch(match.match)
  return (target) => {
    const value = firstQueryParameter(target, match.name)
    return (value !== null && test(value)) !== (match.invert === true)
  }
}

/** Why the target does or does not fulfil the condition. */
export function explainQueryMatch(match: QueryMatch, target: string): string {
  const value = firstQueryParameter(target, match.name)
  return `query parameter ${match.name} is ${value === null ? 'missing' : `"${value}"`}, wanted ${match.invert ? 'none' : describeStringMatch(match.match)}`
}

/**
 * The first value of a parameter as it was written: Envoy compares neither names nor values decoded.
 * `''` for a parameter without `=`, `null` for none.
 */
export function firstQueryParameter(target: string, name: string): string | null {
  let start = target.indexOf('?') + 1
  if (start === 0) return null
  while (start <= target.length) {
    const end = target.indexOf('&', start)
    const pair = target.slice(start, end < 0 ? target.length : end)
    const equals = pair.indexOf('=')
    if ((equals < 0 ? pair : pair.slice(0, equals)) === name) return equals < 0 ? '' : pair.slice(equals + 1)
    if (end < 0) return null
    start = end + 1
  }
  return null
}
