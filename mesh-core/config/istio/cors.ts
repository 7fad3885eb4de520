import { durationMs } from '../duration.ts'
import type { FieldPath } from '../finding.ts'
import { checkDuration } from './durations.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkHeaderName, checkStringMatch } from './matching.ts'

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE'])

/** Source: Istio validateCORSPolicy. */
export function checkCors(policy: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!policy) return
  for (const [origin, at] of each(policy.allowOrigins, [...path, 'allowOrigins'])) {
    if (!origin.exact && !origin.prefix && !origin.regex) judge.error('INVALID_VALUE', at, "'' is not a valid match type for CORS allow origins")
    else checkStringMatch({ regex: origin.regex }, 'corsPolicy.allowOrigins', at, judge)
  }
  for (const [i, method] of ((policy.allowMethods ?? []) as string[]).entries())
    if (method !== '*' && !methods.has(method))
      judge.error(
        'INVALID_VALUE',
        [...path, 'allowMethods', i],
        `"${method}" is not a supported HTTP method`,
        methods.has(method.toUpperCase()) ? `write ${method.toUpperCase()}` : null,
      )
  for (const field of ['allowHeaders', 'exposeHeaders'])
    for (const [i, name] of ((policy[field] ?? []) as string[]).entries()) if (name !== '*') checkHeaderName(name, [...path, field, i], judge)
  checkDuration(policy.maxAge, [...path, 'maxAge'], judge)
  const ms = policy.maxAge === undefined ? null : durationMs(policy.maxAge as string)
  if (ms !== null && ms % 1000 > 0) judge.error('INVALID_DURATION', [...path, 'maxAge'], 'max_age duration is accurate only to seconds precision')
}
