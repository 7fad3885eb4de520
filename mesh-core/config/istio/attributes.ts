import type { FieldPath } from '../finding.ts'
import type { Judge } from './judge.ts'
import { isIpAddress, isIpSubnet } from './names.ts'

/** What may be asked of a request or a connection, by the name of the attribute. Source: Istio `pkg/config/security` ValidateAttribute. */
type Form = 'text' | 'ips' | 'ports' | 'accounts' | 'keyed'

const attributes: Readonly<Record<string, Form>> = {
  'source.ip': 'ips',
  'remote.ip': 'ips',
  'source.namespace': 'text',
  'source.principal': 'text',
  'source.serviceAccount': 'accounts',
  'source.trustDomain': 'text',
  'request.auth.principal': 'text',
  'request.auth.audiences': 'text',
  'request.auth.presenter': 'text',
  'destination.ip': 'ips',
  'destination.port': 'ports',
  'connection.sni': 'text',
}
/** Those with a key of the user's own: `request.headers[User-Agent]`. */
const keyed = ['request.headers', 'request.auth.claims', 'experimental.envoy.filters.']

/** Of the key itself: istiod says the same once for `values` and once for `notValues`. */
export function checkAttributeKey(key: string, path: FieldPath, judge: Judge): void {
  const form = formOf(key)
  if (form === undefined) judge.error('INVALID_VALUE', path, unknownAttribute(key))
  else if (form === 'keyed' && !/^[^[]+\[.+\]$/s.test(key)) judge.error('INVALID_VALUE', path, `bad key (${key}): should have format a[b]`)
}

function formOf(key: string) {
  return keyed.some((beginning) => key.startsWith(beginning)) ? 'keyed' : attributes[key]
}

export function checkAttribute(key: string, values: readonly string[], path: FieldPath, judge: Judge): void {
  const empty = values.indexOf('')
  if (empty >= 0) judge.error('INVALID_VALUE', [...path, empty], `empty value not allowed, found in ${key}`)
  const form = formOf(key)
  if (form === 'ips') checkIps(values, path, judge)
  else if (form === 'ports') checkPorts(values, path, judge)
  else if (form === 'accounts') checkAccounts(values, path, judge)
}

function unknownAttribute(key: string): string {
  if (key === 'destination.namespace') return `attribute ${key} is replaced by the metadata.namespace`
  if (key.startsWith('destination.labels')) return `attribute ${key} is replaced by the workload selector`
  if (key === 'destination.name' || key === 'destination.user') return `deprecated attribute ${key}: only supported in v1alpha1`
  return `unknown attribute: ${key}`
}

export function checkEmptyValues(values: readonly string[] | undefined, path: FieldPath, judge: Judge): void {
  const i = (values ?? []).indexOf('')
  if (i >= 0) judge.error('INVALID_VALUE', [...path, i], `empty value not allowed, found in ${String(path.at(-1))}`)
}

/** `account` or `namespace/account`. Source: Istio ValidateServiceAccounts */
export function checkAccounts(accounts: readonly string[] | undefined, path: FieldPath, judge: Judge): void {
  for (const [i, account] of (accounts ?? []).entries()) {
    if (account.includes('*')) judge.error('INVALID_VALUE', [...path, i], 'a service account may not have a wildcard')
    if (account.split('/').length > 2 || /^\/|\/$/.test(account))
      judge.error('INVALID_VALUE', [...path, i], `service account "${account}" must be <account> or <namespace>/<account>`)
    if (account.length > 320) judge.error('INVALID_VALUE', [...path, i], 'may not be longer than 320 bytes')
  }
}

export function checkIps(values: readonly string[] | undefined, path: FieldPath, judge: Judge): void {
  for (const [i, value] of (values ?? []).entries())
    if (!(value.includes('/') ? isIpSubnet(value) : isIpAddress(value)))
      judge.error('INVALID_VALUE', [...path, i], value.includes('/') ? `bad CIDR range (${value})` : `bad IP address (${value})`)
}

export function checkPorts(values: readonly string[] | undefined, path: FieldPath, judge: Judge): void {
  for (const [i, value] of (values ?? []).entries())
    if (!/^\d+$/.test(value) || Number(value) > 65535) judge.error('INVALID_PORT', [...path, i], `bad port (${value})`)
}

/** A segment of a path beside `{*}` and `{**}`. Source: pchar of RFC 3986, as Envoy has it */
const literal = /^[\w\-.~%!$&'()+,;:@=]+$/

/** Source: Istio CheckValidPathTemplate. */
export function checkPathTemplates(paths: readonly string[] | undefined, path: FieldPath, judge: Judge): void {
  for (const [i, text] of (paths ?? []).entries()) {
    const problem = templateProblem(text)
    if (problem !== null)
      judge.error('INVALID_VALUE', [...path, i], `invalid or unsupported path ${text}, found in ${String(path.at(-1))}. ${problem}`)
  }
}

function templateProblem(text: string): string | null {
  const isTemplate = text.includes('{*}') || text.includes('{**}')
  let rest = false
  for (const segment of text.replace(/^\/+|\/+$/g, '').split('/')) {
    if (segment === '{*}' || segment === '{**}') {
      if (rest) return '{**} is not the last operator'
      rest = segment === '{**}'
    } else if (/[{}]/.test(segment)) return "Contains '{' or '}' beyond a supported path template"
    else if (isTemplate && !literal.test(segment)) return `Contains segment ${segment} with invalid string literal`
  }
  return null
}
