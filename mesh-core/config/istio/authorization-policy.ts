import type { FieldPath } from '../finding.ts'
import { checkAccounts, checkAttribute, checkAttributeKey, checkEmptyValues, checkIps, checkPathTemplates, checkPorts, goName } from './attributes.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkSelection } from './workload-selection.ts'

const identityKeys = new Set(['source.namespace', 'source.principal', 'source.serviceAccount', 'source.trustDomain'])
const ipFields = ['ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks']
const identityFields = ['principals', 'notPrincipals', 'namespaces', 'notNamespaces']
const accountFields = ['serviceAccounts', 'notServiceAccounts']
const trustDomainFields = ['trustDomains', 'notTrustDomains']
const requestFields = ['requestPrincipals', 'notRequestPrincipals']
const sourceFields = [...identityFields, ...accountFields, ...trustDomainFields, ...requestFields, ...ipFields]
const portFields = ['ports', 'notPorts']
const pathFields = ['paths', 'notPaths']
const operationFields = [...portFields, 'methods', 'notMethods', ...pathFields, 'hosts', 'notHosts']

/** Source: the CEL rules of the CRD, and Istio ValidateAuthorizationPolicy. */
export function checkAuthorizationPolicy(spec: Fields, judge: Judge): void {
  checkSelection(spec, judge)
  const action: string = spec.action ?? 'ALLOW'
  if (action === 'CUSTOM') checkCustom(spec, judge)
  else if (spec.provider !== undefined)
    judge.error('CONFLICTING_FIELDS', ['spec', 'provider'], `\`provider\` must not be with non CUSTOM action, found ${action}`)
  if (action === 'DENY' && !spec.rules?.length) withoutRules(action, judge)
  for (const [rule, path] of each(spec.rules, ['spec', 'rules'])) checkRule(rule, action, path, judge)
}

function withoutRules(action: string, judge: Judge): void {
  judge.error(
    'SCHEMA_REQUIRED',
    ['spec', 'rules'],
    `${action} action without \`rules\` is meaningless as it will never be triggered, add an empty rule \`{}\` if you want it be triggered for every request`,
  )
}

/** An outside authorizer decides, before identities of the request are known. */
function checkCustom(spec: Fields, judge: Judge): void {
  if (!spec.rules?.length) withoutRules('CUSTOM', judge)
  else if (!spec.provider?.name) judge.error('SCHEMA_REQUIRED', ['spec', 'provider', 'name'], '`provider.name` must not be empty')
  const refuse = (name: string, path: FieldPath): void =>
    judge.error('CONFLICTING_FIELDS', path, `${name} is currently not supported with CUSTOM action`)
  for (const [rule, rulePath] of each(spec.rules, ['spec', 'rules'])) {
    for (const [from, path] of each(rule.from, [...rulePath, 'from']))
      for (const field of [...identityFields, ...accountFields, ...trustDomainFields, ...requestFields])
        if (from.source?.[field]?.length) refuse(`From.${goName(field)}`, [...path, 'source', field])
    for (const [{ key = '' }, path] of each(rule.when, [...rulePath, 'when']))
      if (identityKeys.has(key as string) || (key as string).startsWith('request.auth.')) refuse(key as string, [...path, 'key'])
  }
}

/** istiod refuses an empty list and does not get to see one: where its object is read from YAML, `from: []` is as if it was not there. */
export function checkNoEmptyLists(spec: Fields, judge: Judge): void {
  for (const [rule, path] of each(spec.rules, ['spec', 'rules']))
    for (const side of ['from', 'to']) if (rule[side]?.length === 0) judge.error('SCHEMA_REQUIRED', [...path, side], `\`${side}\` must not be empty`)
}

function checkRule(rule: Fields, action: string, path: FieldPath, judge: Judge): void {
  const place = `rule ${String(path.at(-1))}`
  for (const [from, at] of each(rule.from, [...path, 'from'])) checkSource(from.source, place, [...at, 'source'], judge)
  for (const [to, at] of each(rule.to, [...path, 'to'])) checkOperation(to.operation, place, [...at, 'operation'], judge)
  for (const [condition, at] of each(rule.when, [...path, 'when'])) checkCondition(condition, at, judge)
  if (action === 'DENY') warnOfTcp(rule, path, judge)
}

function checkSource(source: Fields | undefined, rule: string, path: FieldPath, judge: Judge): void {
  if (!source) return judge.error('SCHEMA_REQUIRED', path, `\`from.source\` must not be nil, found at ${rule}`)
  if (!sourceFields.some((field) => source[field]?.length))
    judge.error('SCHEMA_REQUIRED', path, `\`from.source\` must not be empty, found at ${rule}`)
  if (accountFields.some((field) => source[field] !== undefined) && identityFields.some((field) => source[field] !== undefined))
    judge.error('CONFLICTING_FIELDS', path, 'Cannot set serviceAccounts with namespaces or principals')
  for (const field of ipFields) checkIps(source[field], [...path, field], judge)
  for (const field of sourceFields) checkEmptyValues(source[field], [...path, field], judge)
  for (const field of accountFields) checkAccounts(source[field], [...path, field], judge)
  for (const field of trustDomainFields) checkTrustDomains(source[field], [...path, field], judge)
}

/** A name, or one with a wildcard at its beginning or its end. Source: istiod's webhook. */
function checkTrustDomains(domains: readonly string[] | undefined, path: FieldPath, judge: Judge): void {
  for (const [i, domain] of (domains ?? []).entries()) {
    const problem = trustDomainProblem(domain)
    if (problem !== null) judge.error('INVALID_VALUE', [...path, i], `${problem}, found in "${domain}"`)
  }
}

function trustDomainProblem(domain: string): string | null {
  if (domain.split('*').length > 2) return 'at most one wildcard is allowed'
  if (domain.includes('*') && !domain.startsWith('*') && !domain.endsWith('*')) return 'a wildcard is only allowed at the start or the end'
  return domain.includes('/') ? "a trust domain must not contain '/'" : null
}

function checkOperation(operation: Fields | undefined, rule: string, path: FieldPath, judge: Judge): void {
  if (!operation) return judge.error('SCHEMA_REQUIRED', path, `\`to.operation\` must not be nil, found at ${rule}`)
  if (!operationFields.some((field) => operation[field]?.length))
    judge.error('SCHEMA_REQUIRED', path, `\`to.operation\` must not be empty, found at ${rule}`)
  for (const field of portFields) checkPorts(operation[field], [...path, field], judge)
  for (const field of operationFields) checkEmptyValues(operation[field], [...path, field], judge)
  for (const field of pathFields) checkPathTemplates(operation[field], [...path, field], judge)
}

function checkCondition({ key = '', values = [], notValues = [] }: Fields, path: FieldPath, judge: Judge): void {
  if (key === '') return judge.error('SCHEMA_REQUIRED', [...path, 'key'], '`key` must not be empty')
  if (values.length === 0 && notValues.length === 0)
    return judge.error('SCHEMA_REQUIRED', [...path, 'values'], `at least one of \`values\` or \`notValues\` must be set for key ${key}`)
  checkAttributeKey(key as string, [...path, 'key'], judge)
  checkAttribute(key as string, values as string[], [...path, 'values'], judge)
  checkAttribute(key as string, notValues as string[], [...path, 'notValues'], judge)
}

/** Of a connection nothing of HTTP is known, and what is not known is denied. */
function warnOfTcp(rule: Fields, path: FieldPath, judge: Judge): void {
  const sources = ((rule.from ?? []) as Fields[]).flatMap((from) => (from?.source ? [from.source as Fields] : []))
  const operations = ((rule.to ?? []) as Fields[]).flatMap((to) => (to?.operation ? [to.operation as Fields] : []))
  const some = (parts: readonly Fields[], fields: readonly string[]): boolean =>
    parts.some((part) => fields.some((field) => part[field] !== undefined))
  const tcpFrom = some(sources, [...identityFields, ...accountFields, ...ipFields])
  const tcpTo = some(operations, portFields)
  if ((sources.length > 0 && operations.length === 0 && !tcpFrom) || (operations.length > 0 && !tcpTo))
    judge.warn(
      'CONFLICTING_FIELDS',
      path,
      'configured AuthorizationPolicy will deny all traffic to TCP ports under its scope due to the use of only HTTP attributes in a DENY rule; it is recommended to explicitly specify the port',
    )
}
