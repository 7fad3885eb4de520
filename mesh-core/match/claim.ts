import type { ClaimMatch } from '../ir/match.ts'
import type { Claims, HttpRequest } from '../ir/message.ts'
import { compileStringMatch, describeStringMatch } from './string.ts'

/** @returns a predicate over what the request's token says. Source: Envoy `MetadataMatcher`, `OrMatcher`, `ListMatcher`. */
export function compileClaimMatch({ claim, match, invert }: ClaimMatch): (request: HttpRequest) => boolean {
  const test = compileStringMatch(match)
  const fits = (value: unknown): boolean => typeof value === 'string' && test(value)
  return ({ claims }) => {
    const value = claimAt(claims, claim)
    return (Array.isArray(value) ? value.some(fits) : fits(value)) !== invert
  }
}

/** Why the request does or does not fulfil the condition: `claim groups is ["dev"], wanted exactly "admin"`. */
export function explainClaimMatch({ claim, match, invert }: ClaimMatch, { claims }: HttpRequest): string {
  const value = claimAt(claims, claim)
  const seen =
    claims === undefined
      ? 'is missing, for the request has no token that was verified'
      : value === undefined
        ? 'is missing'
        : `is ${JSON.stringify(value)}`
  return `claim ${claim.join('.')} ${seen}, wanted ${invert ? 'not ' : ''}${describeStringMatch(match)}`
}

/** @param path names, the outer one first */
export function claimAt(claims: Claims | undefined, path: readonly string[]): unknown {
  let value: unknown = claims
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return undefined
    value = (value as Claims)[name]
  }
  return value
}
