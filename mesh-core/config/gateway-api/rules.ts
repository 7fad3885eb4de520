import type { Fields } from '../istio/judge.ts'
import { isIpAddress } from '../istio/names.ts'

/** A rule between fields. It says what is wrong with the value at its place, or nothing. */
export interface FieldRule {
  /** With `[]` for each entry of a list. */
  readonly at: string
  /** @param value what stands there */
  readonly check: (value: any) => string | null
}

/** A complaint when the condition does not hold. */
function must(at: string, problem: string, holds: (value: any) => boolean): FieldRule {
  return { at, check: (value) => (holds(value) ? null : problem) }
}

const has = (value: unknown): boolean => value !== undefined && value !== null
const lists = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value : [])

/** A field of a filter goes with its type, and the other way round. */
const filterFields: Readonly<Record<string, string>> = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestMirror: 'requestMirror',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  ExtensionRef: 'extensionRef',
  CORS: 'cors',
  ExternalAuth: 'externalAuth',
}
const onlyOnce = ['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite', 'CORS']

function filterRules(at: string): FieldRule[] {
  return [
    { at: `${at}[]`, check: (filter: Fields) => mismatchOf(filter) },
    { at, check: (all: readonly Fields[]) => repeated(all) },
    must(
      at,
      'may hold either RequestRedirect or URLRewrite, but not both',
      (all: readonly Fields[]) => !(ofType(all, 'RequestRedirect') && ofType(all, 'URLRewrite')),
    ),
    must(`${at}[].requestMirror`, 'only one of percent and fraction may be set', (mirror: Fields) => !(has(mirror.percent) && has(mirror.fraction))),
    must(
      `${at}[].requestMirror.fraction`,
      'the numerator must not be greater than the denominator',
      ({ numerator, denominator = 100 }: Fields) => numerator <= denominator,
    ),
    ...[`${at}[].requestMirror.backendRef`, `${at}[].externalAuth.backendRef`].map(needsPort),
    ...['requestRedirect', 'urlRewrite'].map((field) => ({ at: `${at}[].${field}.path`, check: modifierMismatch })),
    ...['allowOrigins', 'allowMethods', 'allowHeaders'].map((field) =>
      must(`${at}[].cors.${field}`, '"*" stands alone or not at all', (all: readonly string[]) => !all.includes('*') || all.length === 1),
    ),
    ...['requestHeaderModifier', 'responseHeaderModifier'].flatMap((field) =>
      ['set', 'add'].map((part) => unique(`${at}[].${field}.${part}`, 'name')),
    ),
  ]
}

function ofType(filters: readonly Fields[], type: string): boolean {
  return filters.some((filter) => filter.type === type)
}

function repeated(filters: readonly Fields[]): string | null {
  const twice = onlyOnce.find((type) => filters.filter((filter) => filter.type === type).length > 1)
  return twice ? `filter ${twice} cannot be repeated` : null
}

function mismatchOf(filter: Fields): string | null {
  const wanted = filterFields[filter.type as string]
  if (wanted && !has(filter[wanted])) return `${wanted} must be set for a filter of type ${filter.type}`
  const other = Object.values(filterFields).find((field) => field !== wanted && has(filter[field]))
  return other ? `${other} must not be set for a filter of type ${filter.type}` : null
}

function modifierMismatch({ type, replaceFullPath, replacePrefixMatch }: Fields): string | null {
  const [wanted, other] = type === 'ReplaceFullPath' ? [replaceFullPath, replacePrefixMatch] : [replacePrefixMatch, replaceFullPath]
  if (!has(wanted)) return `the path that type ${type} puts there is missing`
  return has(other) ? `only the path that type ${type} puts there may be set` : null
}

function needsPort(at: string): FieldRule {
  return must(
    at,
    'a reference to a Service needs a port',
    ({ group = '', kind = 'Service', port }: Fields) => group !== '' || kind !== 'Service' || has(port),
  )
}

function unique(at: string, key: string): FieldRule {
  return must(at, `each ${key} may occur once`, (all: readonly Fields[]) => new Set(all.map((entry) => entry[key])).size === all.length)
}

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
  const matches = lists(rule.matches)
  const fits = matches.length === 0 || (matches.length === 1 && (matches[0]!.path?.type ?? 'PathPrefix') === 'PathPrefix')
  return replaces && !fits ? 'replacePrefixMatch needs a single match, of type PathPrefix' : null
}

function parentProblem(refs: readonly Fields[]): string | null {
  for (const [i, one] of refs.entries())
    for (const other of refs.slice(i + 1)) {
      const same = ['group', 'kind', 'namespace', 'name'].every((field) => (one[field] ?? '') === (other[field] ?? ''))
      if (!same) continue
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

const requestRules: readonly FieldRule[] = [
  ...routeRules,
  ...filterRules('spec.rules[].filters'),
  ...filterRules('spec.rules[].backendRefs[].filters'),
  // A name in other letters is another name to the schema.
  unique('spec.rules[].matches[].headers', 'name'),
  ruleNames,
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

const listenerRules: readonly FieldRule[] = [
  unique('spec.listeners', 'name'),
  must('spec.listeners', 'tls must not be set for the protocols HTTP, TCP and UDP', (all: readonly Fields[]) =>
    all.every(({ protocol, tls }) => !['HTTP', 'TCP', 'UDP'].includes(protocol) || !has(tls)),
  ),
  must('spec.listeners', 'the tls mode of the protocol HTTPS must be Terminate', (all: readonly Fields[]) =>
    all.every(({ protocol, tls }) => protocol !== 'HTTPS' || (tls?.mode ?? 'Terminate') === 'Terminate'),
  ),
  must('spec.listeners', 'the protocol TLS needs tls', (all: readonly Fields[]) => all.every(({ protocol, tls }) => protocol !== 'TLS' || has(tls))),
  must('spec.listeners', 'hostname must not be set for the protocols TCP and UDP', (all: readonly Fields[]) =>
    all.every(({ protocol, hostname }) => !['TCP', 'UDP'].includes(protocol) || !hostname),
  ),
  must('spec.listeners', 'port, protocol and hostname of each listener must be unique together', (all: readonly Fields[]) => {
    const keys = all.map(({ port, protocol, hostname = '' }) => `${port} ${protocol} ${hostname}`)
    return new Set(keys).size === keys.length
  }),
  must(
    'spec.listeners[].tls',
    'mode Terminate needs certificateRefs or options',
    ({ mode = 'Terminate', certificateRefs, options }: Fields) =>
      mode !== 'Terminate' || lists(certificateRefs).length > 0 || Object.keys(options ?? {}).length > 0,
  ),
]

const label = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/
const starredHost = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

function keyProblem(entries: Fields): string | null {
  const bad = Object.keys(entries).find((key) => !label.test(key) || key.split('/')[0]!.length >= 253)
  return bad === undefined ? null : `${JSON.stringify(bad)} is no key: a name of up to 63 characters, perhaps below a domain: example.com/name`
}

/** Of a type that is not known nothing is said. */
function addressProblem({ type = 'IPAddress', value }: Fields): string | null {
  if (type === 'IPAddress') return value === undefined || isIpAddress(value) ? null : `"${value}" is no IP address`
  return type !== 'Hostname' || value === undefined || starredHost.test(value) ? null : `"${value}" is no host name`
}

function repeatedAddress(all: readonly Fields[]): string | null {
  const known = all.filter(({ type = 'IPAddress', value }) => has(value) && (type === 'IPAddress' || type === 'Hostname'))
  const twice = known.find(
    (one, i) => known.findIndex(({ type = 'IPAddress', value }) => type === (one.type ?? 'IPAddress') && value === one.value) < i,
  )
  return twice ? `the address ${twice.value} occurs twice` : null
}

const gatewayRules: readonly FieldRule[] = [
  ...listenerRules,
  { at: 'spec.addresses[]', check: addressProblem },
  { at: 'spec.addresses', check: repeatedAddress },
  { at: 'spec.infrastructure.labels', check: keyProblem },
  { at: 'spec.infrastructure.annotations', check: keyProblem },
  unique('spec.tls.frontend.perPort', 'port'),
]

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
