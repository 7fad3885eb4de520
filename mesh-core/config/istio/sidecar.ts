import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkPort, isDnsLabel, isIpAddress, wildcardDomainProblem } from './names.ts'

const protocols = new Set(['HTTP', 'HTTP2', 'HTTP_PROXY', 'GRPC', 'GRPC-WEB', 'HTTPS', 'TLS', 'TCP', 'UDP', 'MONGO', 'REDIS', 'MYSQL', 'HBONE'])
const socketPrefix = 'unix://'

/** Source: Istio `pkg/config/validation/validation.go` ValidateSidecar. */
export function checkSidecar(spec: Fields, judge: Judge): void {
  const labels = Object.entries((spec.workloadSelector?.labels ?? {}) as Record<string, string>)
  for (const [key, value] of labels)
    if (`${key}${value}`.includes('*'))
      judge.error('INVALID_VALUE', ['spec', 'workloadSelector', 'labels', key], `wildcard is not supported in selector: "${key}=${value}"`)
  const egress = (spec.egress ?? []) as Fields[]
  const ingress = (spec.ingress ?? []) as Fields[]
  if (egress.length === 0 && ingress.length === 0 && spec.outboundTrafficPolicy === undefined && spec.inboundConnectionPool === undefined)
    judge.error('SCHEMA_REQUIRED', ['spec'], 'sidecar: empty configuration provided')
  checkIngress(ingress, judge)
  checkEgress(egress, judge)
  const policy = spec.outboundTrafficPolicy as Fields | undefined
  if (policy?.egressProxy && policy.mode !== 'ALLOW_ANY')
    judge.error(
      'CONFLICTING_FIELDS',
      ['spec', 'outboundTrafficPolicy', 'egressProxy'],
      'sidecar: egress_proxy must be set only with ALLOW_ANY outbound_traffic_policy mode',
    )
}

function checkIngress(ingress: readonly Fields[], judge: Judge): void {
  const ports = new Set<number>()
  for (const [listener, path] of each(ingress, ['spec', 'ingress'])) {
    checkListenerPort(listener, ports, path, judge)
    if (listener.bind && !isIpAddress(listener.bind)) judge.error('INVALID_VALUE', [...path, 'bind'], `${listener.bind} is not a valid IP`)
    checkDefaultEndpoint(listener.defaultEndpoint ?? '', [...path, 'defaultEndpoint'], judge)
  }
}

function checkDefaultEndpoint(endpoint: string, path: FieldPath, judge: Judge): void {
  if (endpoint === '' || endpoint.startsWith(socketPrefix)) return
  const colon = endpoint.lastIndexOf(':')
  const host = colon < 0 || endpoint.endsWith(']') ? endpoint : endpoint.slice(0, colon)
  const port = endpoint === host ? '' : endpoint.slice(colon + 1)
  if (!['127.0.0.1', '0.0.0.0', '[::1]', '[::]'].includes(host)) {
    const forms = '127.0.0.1:<port>,0.0.0.0:<port>,[::1]:port,[::]:port,unix://filepath or unset'
    return judge.error('INVALID_VALUE', path, `sidecar: defaultEndpoint must be of form ${forms}`)
  }
  if (!/^[-+]?\d+$/.test(port)) judge.error('INVALID_PORT', path, `sidecar: defaultEndpoint port (${port}) is not a number`)
  else checkPort(Number(port), path, judge)
}

function checkEgress(egress: readonly Fields[], judge: Judge): void {
  const ports = new Set<number>()
  for (const [listener, path] of each(egress, ['spec', 'egress'])) {
    if (listener.port === undefined && path.at(-1) !== egress.length - 1)
      judge.error('CONFLICTING_FIELDS', path, 'sidecar: the egress listener with empty port should be the last listener in the list')
    const socket = typeof listener.bind === 'string' && listener.bind.startsWith(socketPrefix)
    if (listener.port && (listener.port.number ?? 0) === 0) checkSocketListener(listener, socket, path, judge)
    else if (listener.port) {
      checkListenerPort(listener, ports, path, judge)
      if (listener.bind && !isIpAddress(listener.bind)) judge.error('INVALID_VALUE', [...path, 'bind'], `${listener.bind} is not a valid IP`)
    }
    checkHosts((listener.hosts ?? []) as string[], path, judge)
  }
}

function checkSocketListener(listener: Fields, socket: boolean, path: FieldPath, judge: Judge): void {
  if (!socket)
    return judge.error('INVALID_PORT', [...path, 'port', 'number'], 'sidecar: ports with 0 value must have a unix domain socket bind address')
  if (!['DEFAULT', 'NONE'].includes(listener.captureMode ?? 'DEFAULT'))
    judge.error('CONFLICTING_FIELDS', [...path, 'captureMode'], 'sidecar: captureMode must be DEFAULT/NONE for unix domain socket listeners')
}

function checkListenerPort({ port }: Fields, seen: Set<number>, path: FieldPath, judge: Judge): void {
  const number: number = port?.number ?? 0
  if (seen.has(number)) judge.error('CONFLICTING_FIELDS', [...path, 'port'], 'sidecar: ports on IP bound listeners must be unique')
  seen.add(number)
  checkPort(number, [...path, 'port', 'number'], judge)
  const protocol: string = port?.protocol ?? ''
  if (protocol !== '' && !protocols.has(protocol.toUpperCase()))
    judge.error('INVALID_VALUE', [...path, 'port', 'protocol'], `unsupported protocol: ${protocol}`)
}

function checkHosts(hosts: readonly string[], path: FieldPath, judge: Judge): void {
  if (hosts.length === 0) judge.error('SCHEMA_REQUIRED', [...path, 'hosts'], 'sidecar: egress listener must contain at least one host')
  const seen = new Set<string>()
  for (const [i, host] of hosts.entries()) {
    const place = [...path, 'hosts', i]
    if (seen.has(host)) judge.warn('CONFLICTING_FIELDS', place, `duplicated egress host: ${host}`)
    seen.add(host)
    checkHost(host, place, judge)
  }
  if (hosts.includes('*/*') && hosts.length > 1)
    judge.warn('CONFLICTING_FIELDS', [...path, 'hosts'], '`*/*` host select all resources, no other hosts can be added')
}

function checkHost(host: string, path: FieldPath, judge: Judge): void {
  const slash = host.indexOf('/')
  if (slash < 0)
    return judge.error('INVALID_HOST', path, 'host must be of form namespace/dnsName', `write "./${host}" for one of the Sidecar's own namespace`)
  const [namespace, name] = [host.slice(0, slash), host.slice(slash + 1)]
  if (namespace === '' || name === '') judge.error('INVALID_HOST', path, 'config namespace and dnsName in host entry cannot be empty')
  else if (!['*', '.', '~'].includes(namespace) && !isDnsLabel(namespace))
    judge.error('INVALID_HOST', path, `invalid namespace value "${namespace}" in sidecar`)
  checkName(name, path, judge)
}

function checkName(name: string, path: FieldPath, judge: Judge): void {
  if (name === '*') return
  if (!name.includes('.'))
    judge.error(
      'INVALID_HOST',
      path,
      'short names (non FQDN) are not allowed',
      name && `write the full name, as in "./${name}.<namespace>.svc.cluster.local"`,
    )
  const problem = name === '' ? null : wildcardDomainProblem(name)
  if (problem !== null) judge.error('INVALID_HOST', path, problem)
  else if (name.includes('*') && !name.startsWith('*.')) judge.error('INVALID_HOST', path, `partial wildcard "${name}" not allowed`)
}
