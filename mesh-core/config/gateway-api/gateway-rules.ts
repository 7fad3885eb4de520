import type { Fields } from '../istio/judge.ts'
import { isIpAddress } from '../istio/names.ts'
import { type FieldRule, has, lists, must, unique } from './field-rule.ts'

export const listenerRules: readonly FieldRule[] = [
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

export const gatewayRules: readonly FieldRule[] = [
  ...listenerRules,
  { at: 'spec.addresses[]', check: addressProblem },
  { at: 'spec.addresses', check: repeatedAddress },
  { at: 'spec.infrastructure.labels', check: keyProblem },
  { at: 'spec.infrastructure.annotations', check: keyProblem },
  unique('spec.tls.frontend.perPort', 'port'),
]
