import type { FieldPath } from '../finding.ts'
import type { Judge } from './judge.ts'

const dnsLabel = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/
/** `*`, `*-name`, `*name` or a plain label. */
const wildcardLabel = /^(?:\*|(?:\*-?)?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)$/
/** A name, after a domain and a slash where there is one. */
const labelKey =
  /^(?:[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*\/)?(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const labelValue = /^(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const numeric = /^[-+]?\d+$/
const maxLabel = 63
const maxDomain = 255
const maxPrefix = 253

/** Upper case too, as istiod has it. Source: Istio `pkg/config/labels` IsDNS1123Label. */
export function isDnsLabel(text: string): boolean {
  return text.length <= maxLabel && dnsLabel.test(text)
}

/** @returns what is wrong with a domain name, null for nothing. Source: Istio ValidateFQDN */
export function fqdnProblem(domain: string): string | null {
  return lengthProblem(domain) ?? labelsProblem(domain)
}

/** Domains may start with a wildcard. Source: Istio ValidateWildcardDomain. */
export function wildcardDomainProblem(domain: string): string | null {
  const length = lengthProblem(domain)
  if (length !== null) return length
  const dot = domain.indexOf('.')
  const first = dot < 0 ? domain : domain.slice(0, dot)
  if (first.length > maxLabel || !wildcardLabel.test(first)) return `domain name "${domain}" invalid (label "${first}" invalid)`
  return dot < 0 ? null : labelsProblem(domain.slice(dot + 1))
}

/** Of gateways; by SNI clusters are named too: `outbound_.80_._.host`. Source: Istio ValidateWildcardDomainForVirtualServiceBoundToGateway. */
export function gatewayDomainProblem(domain: string, bySni: boolean): string | null {
  if (!bySni || !domain.startsWith('outbound_.') || domain.length > maxDomain) return wildcardDomainProblem(domain)
  const [, port, host] = /^outbound_\.(\d+)_\.[^.]*_\.(.+)$/.exec(domain) ?? []
  return port !== undefined && host !== undefined && fqdnProblem(host) === null ? null : `domain name "${domain}" invalid (label "outbound_" invalid)`
}

function lengthProblem(domain: string): string | null {
  if (domain.length > maxDomain) return `domain name "${domain}" too long (max ${maxDomain})`
  return domain === '' ? 'empty domain name not allowed' : null
}

function labelsProblem(domain: string): string | null {
  const labels = domain.split('.')
  const top = labels.at(-1) as string
  if (numeric.test(top)) return `domain name "${domain}" invalid (top level domain "${top}" cannot be all-numeric)`
  // The last may be empty: `istio.io.`
  const wrong = labels.find((text, i) => !(text === '' && i === labels.length - 1) && !isDnsLabel(text))
  return wrong === undefined ? null : `domain name "${domain}" invalid (label "${wrong}" invalid)`
}

/** Values may be of any length, as istiod has it. Source: Istio labels.Instance.Validate. */
export function checkLabels(labels: Readonly<Record<string, string>> | undefined, path: FieldPath, judge: Judge): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    const slash = key.indexOf('/')
    const tooLong = key.length - slash - 1 > maxLabel || slash > maxPrefix
    if (!labelKey.test(key) || tooLong) judge.error('INVALID_VALUE', [...path, key], `invalid tag key: "${key}"`)
    if (!labelValue.test(value)) judge.error('INVALID_VALUE', [...path, key], `invalid tag value: "${value}"`)
  }
}

export function checkPort(port: number, path: FieldPath, judge: Judge, before = ''): void {
  if (port < 1 || port > 65535) judge.error('INVALID_PORT', path, `${before}port number ${port} must be in the range 1..65535`)
}

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const ipv6Characters = /^[0-9a-fA-F:.]+(?:%[^%]+)?$/

export function isIpAddress(text: string): boolean {
  if (ipv4.test(text)) return true
  return text.includes(':') && ipv6Characters.test(text) && isIpv6(text.split('%')[0] as string)
}

function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1) ?? ''
  const short = last.includes('.') ? groups.slice(0, -1) : groups
  if (last.includes('.') && !ipv4.test(last)) return false
  const count = short.length + (last.includes('.') ? 2 : 0)
  return short.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) && (halves.length === 2 ? count < 8 : count === 8)
}

/** `10.0.0.0/8`, or an address. */
export function isIpSubnet(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  if (bits === undefined) return isIpAddress(address)
  return rest.length === 0 && isIpAddress(address) && /^(?:0|[1-9]\d*)$/.test(bits) && Number(bits) <= (address.includes(':') ? 128 : 32)
}

/** Whether some host fits both; `*` at the start stands for anything. Source: Istio host.Name.Matches. */
export function hostsOverlap(a: string, b: string): boolean {
  const [wildA, wildB] = [a.startsWith('*'), b.startsWith('*')]
  if (wildA && wildB) return a.length < b.length ? b.slice(1).endsWith(a.slice(1)) : a.slice(1).endsWith(b.slice(1))
  if (wildA) return b.endsWith(a.slice(1))
  return wildB ? a.endsWith(b.slice(1)) : a === b
}

/** Whether every host that fits `inner` fits `outer`. Source: Istio host.Name.SubsetOf. */
export function isSubsetOf(inner: string, outer: string): boolean {
  if (inner.startsWith('*')) return outer.startsWith('*') && inner.length >= outer.length && inner.slice(1).endsWith(outer.slice(1))
  return outer.startsWith('*') ? inner.endsWith(outer.slice(1)) : inner === outer
}

interface Exporter {
  /** It is a DestinationRule for some workloads. */
  readonly withSelector?: boolean
  /** It may be for nobody (`~`): a ServiceEntry. */
  readonly none?: boolean
}

/** Source: Istio validateExportTo. */
export function checkExportTo(
  exportTo: readonly string[] | undefined,
  namespace: string,
  path: FieldPath,
  judge: Judge,
  { withSelector = false, none = false }: Exporter = {},
): void {
  if (!exportTo || exportTo.length === 0) return
  const seen = new Set<string>()
  exportTo.forEach((entry, i) => {
    if (none && entry === '~' && !seen.has(entry)) seen.add(entry)
    else checkExportEntry(entry, namespace, seen, [...path, i], judge)
  })
  if (withSelector && seen.size > 0) {
    if (!seen.has(namespace))
      judge.error('CONFLICTING_FIELDS', path, 'destination rule with workload selector cannot have exportTo beyond current namespace')
    else if (seen.size > 1)
      judge.error('CONFLICTING_FIELDS', path, 'destination rule with workload selector cannot have multiple entries in exportTo')
  }
  if (seen.has('*') && exportTo.length > 1)
    judge.error('CONFLICTING_FIELDS', path, 'cannot have both public (*) and non-public exportTo values for a resource')
  if (seen.has('~') && exportTo.length > 1) judge.error('CONFLICTING_FIELDS', path, 'cannot export service entry to no one (~) and someone')
}

function checkExportEntry(entry: string, namespace: string, seen: Set<string>, path: FieldPath, judge: Judge): void {
  const key = entry === '.' ? namespace : entry
  if (seen.has(key))
    judge.error(
      'CONFLICTING_FIELDS',
      path,
      key === entry ? `duplicate entries in exportTo for entry ${entry}` : `duplicate entries in exportTo: . and current namespace ${namespace}`,
    )
  else if (key === '~') judge.error('INVALID_VALUE', path, 'exportTo ~ (none) is not allowed for Istio configuration objects')
  else if (key !== '*' && !isDnsLabel(key))
    judge.error('INVALID_VALUE', path, `only .,*, or a valid DNS 1123 label is allowed as exportTo entry, not "${entry}"`)
  else seen.add(key)
}

/** Of a match: of its old names nobody is warned. */
export function checkGatewaysOfMatch(names: readonly string[] | undefined, path: FieldPath, judge: Judge): void {
  judge.errorsOf((part) => checkGatewayNames(names, path, part))
}

/** `gw`, `ns/gw`, the old `gw.ns.svc.cluster.local`. Source: Istio validateGatewayNames. */
export function checkGatewayNames(names: readonly string[] | undefined, path: FieldPath, judge: Judge): void {
  for (const [i, name] of (names ?? []).entries()) {
    const at = [...path, i]
    const slash = name.indexOf('/')
    if (slash < 0) {
      const [gateway = '', namespace = ''] = name.split('.')
      if (name.includes('.'))
        judge.warn('INVALID_VALUE', at, `using legacy gatewayName format "${name}"; prefer the <namespace>/<name> format: "${namespace}/${gateway}"`)
      const problem = fqdnProblem(name)
      if (problem !== null) judge.error('INVALID_VALUE', at, problem)
      return // istiod looks no further after a name without a namespace
    }
    const [namespace, gateway] = [name.slice(0, slash), name.slice(slash + 1)]
    if (namespace === '' || gateway === '') judge.error('INVALID_VALUE', at, 'config namespace and gateway name cannot be empty')
    if (!isDnsLabel(namespace)) judge.error('INVALID_VALUE', at, `invalid value for namespace: "${namespace}"`)
    if (!isDnsLabel(gateway)) judge.error('INVALID_VALUE', at, `invalid value for gateway name: "${gateway}"`)
  }
}
