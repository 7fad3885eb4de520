import type { FieldPath } from '../finding.ts'
import { headerValueProblem } from './header-value.ts'
import type { Fields, Judge } from './judge.ts'

/** `headers` of a route or of a destination. */
export function checkHeaderOperations(headers: Fields | undefined, path: FieldPath, judge: Judge): void {
  for (const direction of ['request', 'response'] as const) {
    const operations = headers?.[direction] as Fields | undefined
    if (!operations) continue
    for (const operation of ['add', 'set'] as const)
      for (const [name, value] of Object.entries((operations[operation] ?? {}) as Record<string, string>)) {
        const at = [...path, direction, operation, name]
        checkName(name, direction === 'request', at, judge)
        const problem = headerValueProblem(value)
        if (problem !== null) judge.error('INVALID_VALUE', at, problem, 'a percent sign is written %%; an operator %NAME% or %NAME(argument)%')
      }
    for (const [i, name] of ((operations.remove ?? []) as string[]).entries()) checkName(name, false, [...path, direction, 'remove', i], judge)
  }
}

/** The authority may be set in requests and nowhere else. */
function checkName(name: string, mayBeAuthority: boolean, path: FieldPath, judge: Judge): void {
  if (name === '') return judge.error('INVALID_VALUE', path, 'header name cannot be empty')
  if (mayBeAuthority && isAuthority(name)) return
  if (name.toLowerCase() === 'host') judge.error('INVALID_VALUE', path, `invalid header "${name}": cannot set Host header`, 'use rewrite.authority')
  else if (name.startsWith(':'))
    judge.error('INVALID_VALUE', path, `invalid header "${name}": header cannot have ":" prefix`, 'use rewrite for the path and the authority')
}

function isAuthority(name: string): boolean {
  return name.toLowerCase() === 'host' || name.toLowerCase() === ':authority'
}

/** The authority can be given once: by `rewrite.authority`, or by one header operation. */
export function checkAuthorityOnce(rewrite: Fields | undefined, headers: Fields | undefined, path: FieldPath, judge: Judge): void {
  let current: string = rewrite?.authority ?? ''
  for (const operation of ['set', 'add'] as const)
    for (const [name, value] of Object.entries((headers?.request?.[operation] ?? {}) as Record<string, string>)) {
      if (!isAuthority(name)) continue
      if (current !== '') {
        const problem = `authority header cannot be set multiple times: have "${current}", attempting to set "${value}"`
        return judge.error('CONFLICTING_FIELDS', [...path, 'headers', 'request', operation, name], problem)
      }
      current = value
    }
}
