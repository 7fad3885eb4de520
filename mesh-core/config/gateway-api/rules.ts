import type { Fields } from '../istio/judge.ts'
import { isIpAddress } from '../istio/names.ts'
import { type FieldRule, has, lists, must, needsPort, unique } from './field-rule.ts'
import { filterRules, ofType } from './filter-rules.ts'
import { gatewayRules, listenerRules } from './gateway-rules.ts'

const pathCharacters = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$/
const badParts = ['//', '/./', '/../', '%2f', '%2F', '#']

function pathProblem({ type = 'PathPrefix', value = '/' }: Fields): string | null {
  if (type === 'RegularExpression') return null
  if (!value.startsWith('/')) return 'the path must be absolute: it begins with "/"'
  const bad = badParts.find((part) => value.includes(part)) ?? ['/..', '/.'].find((part) => value.endsWith(part))
  if (bad) return `the path must not contain "${bad}"`
  return pathCharacters.test(value) ? null : 'the path holds characters that no path may have'
}

/** Source: Go `time.ParseDuration`, as far as the pattern of durations goes. */
function ms(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
  return [...duration.matchAll(/(\d+)(ms|h|m|s)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]!, 0)
}

/** A prefix can be replaced only where there is one. */
function prefixProblem(rule: Fields): string | null {
  const holders = [...lists(rule.filters), ...lists(rule.backendRefs).flatMap(({ filters }) => lists(filters))]
  const replaces = holders.some((filter) => (filter.requestRedirect ?? filter.urlRewrite)?.path?.type === 'ReplacePrefixMatch')
  // A rule without any has one for the prefix /.
  const matches = has(rule.matches) ? lists(rule.matches) : [{}]
  const fits = matches.length === 1 && (matches[0]!.path?.type ?? 'PathPrefix') === 'PathPrefix'
  return replaces && !fits ? 'replacePrefixMatch needs a single match, of type PathPrefix' : null
}

const gatewayByDefault = { group: 'gateway.networking.k8s.io', kind: 'Gateway' }

function parentProblem(written: readonly Fields[]): string | null {
  const refs = written.map((ref) => ({ ...gatewayByDefault, ...ref }) as Fields)
  for (const [i, one] of refs.entries())
    for (const other of refs.slice(i + 1)) {
      if (!['group', 'kind', 'namespace', 'name'].every((field) => (one[field] ?? '') === (other[field] ?? ''))) continue
      if (has(one.sectionName) !== has(other.sectionName) || has(one.port) !== has(other.port))
        return 'several references to one parent each need a sectionName or a port'
      if (one.sectionName === other.sectionName && one.port === other.port)
        return 'several references to one parent need different sectionNames or ports'
    }
  return null
}

const routeRules: readonly FieldRule[] = [{ at: 'spec.parentRefs', check: parentProblem }, needsPort('spec.rules[].backendRefs[]')]

const ruleNames = must('spec.rules', 'names of rules are unique within their route', (rules: readonly Fields[]) => {
  const names = rules.flatMap(({ name }) => name ?? [])
  return new Set(names).size === names.length
})

const connectionRules: readonly FieldRule[] = [...routeRules, ruleNames]

const mostMatches = 128

/** @param byDefault of a rule that says nothing of them */
function matchesRule(byDefault: number): FieldRule {
  const countOf = ({ matches }: Fields): number => (has(matches) ? lists(matches).length : byDefault)
  return must(
    'spec.rules',
    `a route has at most ${mostMatches} matches in all its rules`,
    (rules: readonly Fields[]) => rules.reduce((sum, rule) => sum + countOf(rule), 0) <= mostMatches,
  )
}

/** Only a cookie has a lifetime, and a lasting one has an end. */
function persistenceProblem({ type = 'Cookie', cookieConfig, absoluteTimeout }: Fields): string | null {
  if (has(cookieConfig) && type !== 'Cookie') return `cookieConfig must not be set for the type ${type}`
  return cookieConfig?.lifetimeType === 'Permanent' && !has(absoluteTimeout) ? 'absoluteTimeout must be set for the lifetimeType Permanent' : null
}

const requestRules: readonly FieldRule[] = [
  ...routeRules,
  ...filterRules('spec.rules[].filters'),
  ...filterRules('spec.rules[].backendRefs[].filters'),
  // A name in other letters is another name to the schema.
  unique('spec.rules[].matches[].headers', 'name'),
  ruleNames,
  { at: 'spec.rules[].sessionPersistence', check: persistenceProblem },
]

const httpRules: readonly FieldRule[] = [
  ...requestRules,
  matchesRule(1),
  { at: 'spec.rules[].matches[].path', check: pathProblem },
  unique('spec.rules[].matches[].queryParams', 'name'),
  must(
    'spec.rules[]',
    'a RequestRedirect does not go with backendRefs',
    ({ filters, backendRefs }: Fields) => lists(backendRefs).length === 0 || !ofType(lists(filters), 'RequestRedirect'),
  ),
  { at: 'spec.rules[]', check: prefixProblem },
  must(
    'spec.rules[].timeouts',
    'backendRequest must not be longer than request',
    ({ request = '0s', backendRequest = '0s' }: Fields) => ms(request) === 0 || ms(backendRequest) <= ms(request),
  ),
]

const serviceName = /^\.?[a-z_][a-z_0-9]*(\.[a-z_][a-z_0-9]*)*$/i
const methodName = /^[A-Za-z_][A-Za-z_0-9]*$/

function methodProblem({ type = 'Exact', service, method }: Fields): string | null {
  if (!has(service) && !has(method)) return 'one of service and method, or both, must be set'
  if (type !== 'Exact') return null
  if (has(service) && !serviceName.test(service)) return 'service holds characters that no service may have'
  return has(method) && !methodName.test(method) ? 'method holds characters that no method may have' : null
}

function targetProblem(refs: readonly Fields[]): string | null {
  for (const [i, one] of refs.entries())
    for (const other of refs.slice(i + 1)) {
      if (!['group', 'kind', 'name'].every((field) => one[field] === other[field])) continue
      if (has(one.sectionName) !== has(other.sectionName)) return 'several references to one target each need a sectionName'
      if (one.sectionName === other.sectionName) return 'several references to one target need different sectionNames'
    }
  return null
}

/** A name goes with its type, and the other way round. */
function alternativeProblem({ type, hostname, uri }: Fields): string | null {
  if (has(hostname) !== (type === 'Hostname')) return `hostname must ${has(hostname) ? 'not ' : ''}be set for the type ${type}`
  return has(uri) === (type === 'URI') ? null : `uri must ${has(uri) ? 'not ' : ''}be set for the type ${type}`
}

const backendTlsRules: readonly FieldRule[] = [
  { at: 'spec.targetRefs', check: targetProblem },
  must(
    'spec.validation',
    'one of caCertificateRefs and wellKnownCACertificates must be set, and not both',
    ({ caCertificateRefs, wellKnownCACertificates }: Fields) => lists(caCertificateRefs).length > 0 !== has(wellKnownCACertificates),
  ),
  { at: 'spec.validation.subjectAltNames[]', check: alternativeProblem },
]

const tlsRules: readonly FieldRule[] = [
  ...connectionRules,
  must('spec.hostnames', 'a host name is no IP address', (all: readonly string[]) => !all.some(isIpAddress)),
]

/** By kind: what the CRDs say in CEL. */
export const fieldRules: Readonly<Record<string, readonly FieldRule[]>> = {
  Gateway: gatewayRules,
  ListenerSet: listenerRules,
  HTTPRoute: httpRules,
  GRPCRoute: [...requestRules, matchesRule(0), { at: 'spec.rules[].matches[].method', check: methodProblem }],
  TCPRoute: connectionRules,
  TLSRoute: tlsRules,
  UDPRoute: connectionRules,
  BackendTLSPolicy: backendTlsRules,
}
