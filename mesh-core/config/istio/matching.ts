import { RE2JS } from 're2js'
import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'

/** Bytes; longer ones might outgrow Envoy's program size. */
const maxRegex = 1024

/** What is wrong with a pattern, null for nothing; users repeat theirs. */
const judged = new Map<string, string | null>()

/** Source: Istio validateStringRegexp. */
export function checkRegex(pattern: string, where: string, path: FieldPath, judge: Judge): void {
  if (new TextEncoder().encode(pattern).length > maxRegex)
    return judge.error('INVALID_REGEX', path, `"${where}": regex is too large, max length allowed is ${maxRegex}`)
  const problem = regexProblem(pattern)
  if (problem !== null)
    judge.error(
      'INVALID_REGEX',
      path,
      `"${where}": ${problem}; Istio uses RE2 style regex-based match (https://github.com/google/re2/wiki/Syntax)`,
      hintFor(pattern),
    )
}

export function regexProblem(pattern: string): string | null {
  const known = judged.get(pattern)
  if (known !== undefined) return known
  const problem = compileProblem(pattern)
  if (judged.size > 10_000) judged.clear()
  judged.set(pattern, problem)
  return problem
}

function compileProblem(pattern: string): string | null {
  try {
    RE2JS.compile(pattern)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

function hintFor(pattern: string): string | null {
  if (pattern === '*') return 'for any value write ".*"; for a header that is present at all, an empty mapping {}'
  if (/\(\?[=!<]/.test(pattern)) return 'RE2 has no lookahead and no lookbehind; split the rule in two'
  return /\\[1-9]/.test(pattern) ? 'RE2 has no back references' : null
}

/** A StringMatch. `emptyPrefix`: of `uri` only, an empty prefix is allowed. Source: Istio validateStringMatch. */
export function checkStringMatch(match: Fields | undefined, where: string, path: FieldPath, judge: Judge, emptyPrefix = false): void {
  if (!match) return
  if (match.prefix === '' && !emptyPrefix)
    judge.error('INVALID_VALUE', [...path, 'prefix'], `"${where}": prefix string match should not be empty`, 'for any value write {}')
  if (match.regex === undefined) return
  if (match.regex === '') judge.error('INVALID_REGEX', [...path, 'regex'], `"${where}": regex string match should not be empty`)
  else checkRegex(match.regex as string, where, [...path, 'regex'], judge)
}

const ofToken = '@request.auth.claims'

/**
 * The claim that stands in the place of a header's name: `@request.auth.claims.a.b`, or `@request.auth.claims[a][b]` for names with dots. `null` for a header.
 * Source: Istio `pkg/jwt/routing.go` ToRoutingClaim.
 */
export function routingClaim(header: string): readonly string[] | null {
  if (!header.toLowerCase().startsWith(ofToken)) return null
  const name = header.slice(ofToken.length)
  if (name.startsWith('.') && name.length > 1) return name.slice(1).split('.')
  return name.length > 2 && name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1).split('][') : null
}

/** Those of HTTP/2 may be matched. */
const pseudoHeaders: ReadonlySet<string> = new Set([':method', ':path', ':scheme', ':authority', ':status'])

/** Source: Istio ValidateHTTPHeaderNameOrJwtClaimRoute. */
export function checkHeaderOrClaim(name: string, path: FieldPath, judge: Judge): void {
  if (routingClaim(name) === null && !pseudoHeaders.has(name)) checkHeaderName(name, path, judge)
}

/** A token of HTTP (RFC 9110, 5.6.2). */
const token = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/

export function checkHeaderName(name: string, path: FieldPath, judge: Judge): void {
  if (name === '') judge.error('INVALID_VALUE', path, 'header name cannot be empty')
  else if (!token.test(name)) judge.error('INVALID_VALUE', path, `header name ${name} is not a valid header name`)
}
