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
  const problem = form === undefined ? unknownAttribute(key) : form === 'keyed' && !isKeyed(key) ? `bad key (${key}): should have format a[b]` : null
  if (problem !== null) judge.error('INVALID_VALUE', path, `invalid \`value\` for \`key\` ${key}: ${problem}`)
}

function isKeyed(key: string): boolean {
  return /^[^[]+\[.+\]$/s.test(key)
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
  else if (form === 'accounts') checkAccounts(values, path, judge, key)
}

function unknownAttribute(key: string): string {
  if (key === 'destination.namespace') return `attribute ${key} is replaced by the metadata.namespace`
  if (key.startsWith('destination.labels')) return `attribute ${key} is replaced by the workload selector`
  if (key === 'destination.name' || key === 'destination.user') return `deprecated attribute ${key}: only supported in v1alpha1`
  return `unknown attribute: ${key}`
}

export function checkEmptyValues(values: readonly string[] | undefined, path: FieldPath, judge: Judge): void {
  const i = (values ?? []).indexOf('')
  if (i >= 0) judge.error('INVALID_VALUE', [...path, i], `empty value not allowed, found in ${nameOf(path)}`)
}

/** As istiod calls a field: by its name in Go. */
export function goName(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1)
}

function nameOf(path: FieldPath): string {
  return goName(String(path.at(-1)))
}

/** `account` or `namespace/account`. Source: Istio ValidateServiceAccounts */
export function checkAccounts(accounts: readonly string[] | undefined, path: FieldPath, judge: Judge, owner: string = nameOf(path)): void {
  for (const [i, account] of (accounts ?? []).entries()) {
    if (account.includes('*')) judge.error('INVALID_VALUE', [...path, i], `wildcard not allowed, found in ${owner}`)
    const found = misformed(account)
    if (found !== null)
      judge.error('INVALID_VALUE', [...path, i], `expected format 'serviceAccount' or 'namespace/serviceAccount', found ${found} in ${owner}`)
    if (account.length > 320) judge.error('INVALID_VALUE', [...path, i], 'may not be longer than 320 bytes')
  }
}

/** @returns what is there instead of an account, null for nothing */
function misformed(account: string): string | null {
  if (account.split('/').length > 2) return `"${account}"`
  if (account.startsWith('/')) return `empty namespace "${account}"`
  return account.endsWith('/') ? `empty serviceAccount "${account}"` : null
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
      judge.error('INVALID_VALUE', [...path, i], `invalid or unsupported path ${trimmed(text)}, found in ${nameOf(path)}. ${problem}`)
  }
}

function trimmed(path: string): string {
  return path.replace(/^\/+|\/+$/g, '')
}

function templateProblem(text: string): string | null {
  const isTemplate = text.includes('{*}') || text.includes('{**}')
  let rest = false
  for (const segment of trimmed(text).split('/')) {
    if (segment === '{*}' || segment === '{**}') {
      if (rest) return '{**} is not the last operator'
      rest = segment === '{**}'
    } else if (/[{}]/.test(segment)) return "Contains '{' or '}' beyond a supported path template"
    else if (isTemplate && !literal.test(segment)) return `Contains segment ${segment} with invalid string literal`
  }
  return null
}
