import type { FieldPath } from '../finding.ts'
import { checkCors } from './cors.ts'
import { checkDestination, checkWeights } from './destination.ts'
import { checkDuration } from './durations.ts'
import { checkFault, checkHttpStatus } from './fault.ts'
import { checkAuthorityOnce, checkHeaderOperations } from './header-operations.ts'
import { checkHttpMatch } from './http-match.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkRegex } from './matching.ts'
import { checkPort } from './names.ts'
import { checkRetries } from './retries.ts'

/** Source: Istio `pkg/config/validation/virtualservice.go` validateHTTPRoute. */
export function checkHttpRoute(route: Fields, inDelegate: boolean, path: FieldPath, judge: Judge): void {
  checkAction(route, inDelegate, path, judge)
  for (const [match, at] of each(route.match, [...path, 'match'])) checkHttpMatch(match, at, judge)
  checkHeaderOperations(route.headers, [...path, 'headers'], judge)
  checkCors(route.corsPolicy, [...path, 'corsPolicy'], judge)
  checkFault(route.fault, [...path, 'fault'], judge)
  checkMirrors(route, path, judge)
  checkRedirect(route, path, judge)
  checkDirectResponse(route.directResponse, [...path, 'directResponse'], judge)
  checkRetries(route.retries, [...path, 'retries'], judge)
  checkRewrite(route.rewrite, [...path, 'rewrite'], judge)
  checkAuthorityOnce(route.rewrite, route.headers, path, judge)
  checkWeights(route.route, [...path, 'route'], judge)
  checkDuration(route.timeout, [...path, 'timeout'], judge)
}

/** A rule does one thing: it forwards, redirects, answers itself, or leaves that to a delegate. */
function checkAction(route: Fields, inDelegate: boolean, path: FieldPath, judge: Judge): void {
  const refuse = (field: string, problem: string): void => judge.error('CONFLICTING_FIELDS', [...path, field], problem)
  if (route.delegate !== undefined && !inDelegate) {
    if (route.redirect !== undefined) refuse('redirect', `root HTTP route ${route.name ?? ''} must not specify redirect`)
    if (route.route?.length) refuse('route', `root HTTP route ${route.name ?? ''} must not specify route`)
    return
  }
  if (route.delegate !== undefined) refuse('delegate', 'delegate HTTP route cannot contain delegate')
  if (route.redirect !== undefined) refuseBeside(route, 'redirect', path, judge)
  else if (route.directResponse !== undefined) refuseBeside(route, 'direct_response', path, judge)
  else if (!route.route?.length) judge.error('SCHEMA_REQUIRED', [...path, 'route'], 'HTTP route, redirect or direct_response is required')
  if (route.mirror !== undefined && route.mirrors?.length) refuse('mirrors', 'HTTP route cannot contain both mirror and mirrors')
}

function refuseBeside(route: Fields, action: 'redirect' | 'direct_response', path: FieldPath, judge: Judge): void {
  const both = (field: string, rule: string, name: string): void =>
    judge.error('CONFLICTING_FIELDS', [...path, field], `HTTP route${rule} cannot contain both ${name} and ${action}`)
  if (route.route?.length) both('route', '', 'route')
  if (route.fault !== undefined) both('fault', '', 'fault')
  if (route.rewrite !== undefined) both('rewrite', ' rule', 'rewrite')
  if (action === 'redirect' && route.directResponse !== undefined) both('directResponse', ' rule', 'direct_response')
}

function checkMirrors(route: Fields, path: FieldPath, judge: Judge): void {
  for (const name of ['mirrorPercent', 'mirror_percent']) {
    const percent = route[name] as number | undefined
    if (percent === undefined) continue
    if (percent > 100) judge.error('INVALID_PERCENT', [...path, name], `mirror_percent must have a max value of 100 (it has ${percent})`)
    judge.warn('INVALID_VALUE', [...path, name], 'using deprecated setting "mirrorPercent", use "mirrorPercentage" instead')
  }
  checkMirrorShare(route.mirrorPercentage, 'mirror_percentage', [...path, 'mirrorPercentage'], judge)
  checkDestination(route.mirror, [...path, 'mirror'], judge)
  for (const [mirror, at] of each(route.mirrors, [...path, 'mirrors'])) {
    if (mirror.destination === undefined) judge.error('SCHEMA_REQUIRED', [...at, 'destination'], 'destination is required for mirrors')
    checkDestination(mirror.destination, [...at, 'destination'], judge)
    checkMirrorShare(mirror.percentage, 'mirror percentage', [...at, 'percentage'], judge)
  }
}

function checkMirrorShare(percentage: Fields | undefined, name: string, path: FieldPath, judge: Judge): void {
  const value: number = percentage?.value ?? 0
  if (value > 100) judge.error('INVALID_PERCENT', [...path, 'value'], `${name} must have a max value of 100 (it has ${value.toFixed(6)})`)
  if (value < 0) judge.error('INVALID_PERCENT', [...path, 'value'], `${name} must have a min value of 0 (it has ${value.toFixed(6)})`)
}

/** Source: Istio validateHTTPRedirect. */
export function checkRedirect(route: Fields, path: FieldPath, judge: Judge): void {
  const { redirect } = route
  if (!redirect) return
  const at = [...path, 'redirect']
  const { uri, prefixRewrite, authority, scheme, redirectCode, port } = redirect as Fields
  if (!uri && !prefixRewrite && !authority && !scheme && port === undefined && redirect.derivePort === undefined)
    return judge.error('SCHEMA_REQUIRED', at, 'redirect must specify URI, authority, scheme, or port')
  if (uri && prefixRewrite) judge.error('CONFLICTING_FIELDS', [...at, 'prefixRewrite'], 'redirect may only specify one of uri or prefix_rewrite')
  if (prefixRewrite && route.match?.some((match: Fields) => match.uri && match.uri.prefix === undefined))
    judge.error('CONFLICTING_FIELDS', [...at, 'prefixRewrite'], 'redirect prefix_rewrite requires all URI matches to use prefix match type')
  if (redirectCode && (redirectCode < 300 || redirectCode > 399))
    judge.error('INVALID_VALUE', [...at, 'redirectCode'], `${redirectCode} is not a valid redirect code, must be 3xx`)
  if (scheme && scheme !== 'http' && scheme !== 'https')
    judge.error('INVALID_VALUE', [...at, 'scheme'], 'invalid redirect scheme, must be "http" or "https"')
  if (port > 0) checkPort(port as number, [...at, 'port'], judge)
}

/** Bytes of a body that istiod warns of, and that it refuses. */
const largeBody = 100 * 1024
const tooLargeBody = 1024 * 1024

/** Source: Istio validateHTTPDirectResponse. */
export function checkDirectResponse(response: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!response) return
  const { body, status } = response
  const size =
    typeof body?.string === 'string'
      ? new TextEncoder().encode(body.string as string).length
      : Math.floor((((body?.bytes as string) ?? '').length * 3) / 4)
  if (size > tooLargeBody)
    judge.error('INVALID_VALUE', [...path, 'body'], 'large direct_responses may impact control plane performance, must be less than 1MB')
  else if (size > largeBody) judge.warn('INVALID_VALUE', [...path, 'body'], 'large direct_responses may impact control plane performance')
  checkHttpStatus((status as number) ?? 0, [...path, 'status'], judge)
}

/** Source: Istio validateHTTPRewrite. */
export function checkRewrite(rewrite: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!rewrite) return
  const { uri, authority, uriRegexRewrite } = rewrite
  if (uri && uriRegexRewrite)
    return judge.error('CONFLICTING_FIELDS', [...path, 'uriRegexRewrite'], 'rewrite may only contain one of URI or UriRegexRewrite')
  if (!uri && !uriRegexRewrite && !authority) {
    const problem = 'rewrite must specify at least one of URI, UriRegexRewrite, or authority. Only one of URI or UriRegexRewrite may be specified'
    return judge.error('SCHEMA_REQUIRED', path, problem)
  }
  checkUriRegexRewrite(uriRegexRewrite, [...path, 'uriRegexRewrite'], judge)
}

/** Source: Istio validateURIRegexRewrite. */
export function checkUriRegexRewrite(rewrite: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!rewrite) return
  if (!rewrite.match || !rewrite.rewrite)
    judge.error('SCHEMA_REQUIRED', path, 'UriRegexRewrite has errors: UriRegexRewrite requires both Rewrite and Match fields to be specified')
  else checkRegex(rewrite.match as string, 'HTTPRewrite.UriRegexRewrite.Match', [...path, 'match'], judge)
}
