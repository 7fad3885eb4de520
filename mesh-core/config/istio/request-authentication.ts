import type { FieldPath } from '../finding.ts'
import { checkDuration } from './durations.ts'
import { jwksProblem, privateKeys } from './jwks.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { requestScheme } from './urls.ts'
import { checkSelection } from './workload-selection.ts'

/** Source: the CEL rules of the CRD, and Istio ValidateRequestAuthentication. */
export function checkRequestAuthentication(spec: Fields, judge: Judge): void {
  checkSelection(spec, judge)
  for (const [rule, path] of each(spec.jwtRules, ['spec', 'jwtRules'])) checkJwtRule(rule, path, judge)
}

function checkJwtRule(rule: Fields, path: FieldPath, judge: Judge): void {
  // Without one, tokens of any issuer are taken that the keys fit.
  if (rule.issuer === '' || (rule.issuer === undefined && !rule.jwksUri && !rule.jwks_uri))
    judge.error('SCHEMA_REQUIRED', [...path, 'issuer'], 'issuer or jwksUri must be non-empty string')
  const keys = ['jwksUri', 'jwks_uri', 'jwks'].filter((field) => rule[field] !== undefined)
  if (keys.length > 1) judge.error('CONFLICTING_FIELDS', [...path, keys[1] as string], 'only one of jwks or jwksUri can be set')
  for (const field of ['jwksUri', 'jwks_uri'])
    if (rule[field] !== undefined && !['http', 'https'].includes(requestScheme(rule[field] as string) ?? ''))
      judge.error('INVALID_VALUE', [...path, field], 'url must have scheme http:// or https://')
  const problem = rule.jwks ? jwksProblem(rule.jwks as string) : null
  if (problem !== null) judge.error('INVALID_VALUE', [...path, 'jwks'], `jwks parse error: ${problem}`)
  else if (rule.jwks)
    for (const i of privateKeys(rule.jwks as string))
      judge.warn(
        'INVALID_VALUE',
        [...path, 'jwks'],
        `jwks key at index ${i} contains private key material; only public keys are used for verification`,
      )
  checkTexts(rule.audiences, 'audience must be non-empty string', [...path, 'audiences'], judge)
  checkTexts(rule.fromParams, 'location query must be non-empty string', [...path, 'fromParams'], judge)
  checkTexts(rule.fromCookies, 'cookie name must be non-empty string', [...path, 'fromCookies'], judge)
  checkTexts(rule.spaceDelimitedClaims, 'claim must be non-empty string', [...path, 'spaceDelimitedClaims'], judge)
  for (const [location, at] of each(rule.fromHeaders, [...path, 'fromHeaders']))
    if (!location.name) judge.error('SCHEMA_REQUIRED', [...at, 'name'], 'location header name must be non-empty string')
  for (const [output, at] of each(rule.outputClaimToHeaders, [...path, 'outputClaimToHeaders'])) checkOutput(output, at, judge)
  checkDuration(rule.timeout, [...path, 'timeout'], judge)
}

function checkTexts(texts: readonly string[] | undefined, problem: string, path: FieldPath, judge: Judge): void {
  for (const [i, text] of (texts ?? []).entries()) if (text === '') judge.error('INVALID_VALUE', [...path, i], problem)
}

function checkOutput({ claim = '', header = '' }: Fields, path: FieldPath, judge: Judge): void {
  if (claim === '' || header === '')
    return judge.error('SCHEMA_REQUIRED', path, 'outputClaimToHeaders header and claim value must be non-empty string')
  if (!/^[-_A-Za-z0-9]+$/.test(header as string))
    judge.error('INVALID_VALUE', [...path, 'header'], `header name ${header} is not a valid header name`)
}
