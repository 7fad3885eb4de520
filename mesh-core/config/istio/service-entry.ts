import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkWorkloadSelector } from './selector.ts'
import { checkSocketAddress, socketPrefix, socketProblem } from './socket.ts'
import { checkExportTo, checkLabels, checkPort, fqdnProblem, isDnsLabel, isIpAddress, isIpSubnet, wildcardDomainProblem } from './names.ts'

const httpOrTls = new Set(['HTTP', 'HTTP2', 'HTTP_PROXY', 'GRPC', 'GRPC-WEB', 'HTTPS', 'TLS'])
const protocols = new Set([...httpOrTls, 'TCP', 'UDP', 'MONGO', 'REDIS', 'MYSQL'])
/** Of the CRD; istiod would take one letter more. */
const maxPortName = 63
/** Of which a name can be read while a request comes. */
const named = new Set(['HTTP', 'HTTP2', 'GRPC', 'TLS'])

/** Source: the CEL rules of the CRD, and Istio `pkg/config/validation/validation.go` ValidateServiceEntry. */
export function checkServiceEntry(spec: Fields, namespace: string, judge: Judge, labels: Readonly<Record<string, string>> = {}): void {
  checkSelector(spec, judge)
  checkHosts(spec, judge)
  checkAddresses(spec, judge)
  checkPorts(spec, judge)
  checkResolution(spec, judge)
  if (resolutionOf(spec) === 'DYNAMIC_DNS' && spec.location === 'MESH_INTERNAL' && labels['istio.io/use-waypoint'] !== undefined)
    judge.error('CONFLICTING_FIELDS', ['spec', 'resolution'], 'a waypoint cannot be used with DYNAMIC_DNS and MESH_INTERNAL')
  const several = ((spec.hosts ?? []) as string[]).length > 1
  const plain = ((spec.ports ?? []) as Fields[]).findIndex((port) => !httpOrTls.has(String(port.protocol ?? '').toUpperCase()))
  if (resolutionOf(spec) !== 'NONE' && several && plain >= 0)
    judge.error('CONFLICTING_FIELDS', ['spec', 'ports', plain], 'multiple hosts provided with non-HTTP, non-TLS ports')
  warnOfSharedAddress(spec, several, judge)
  checkExportTo(spec.exportTo, namespace, ['spec', 'exportTo'], judge, { none: true })
}

/** By one address several names cannot be told apart where nothing is read but TLS. */
function warnOfSharedAddress(spec: Fields, several: boolean, judge: Judge): void {
  const byTls = ((spec.ports ?? []) as Fields[]).some((port) => ['HTTPS', 'TLS'].includes(String(port.protocol ?? '').toUpperCase()))
  if (several && byTls && spec.addresses?.length > 0 && resolutionOf(spec).startsWith('DNS'))
    judge.warn(
      'CONFLICTING_FIELDS',
      ['spec', 'addresses'],
      'service entry can not have more than one host specified simultaneously with address and tcp port',
    )
}

function resolutionOf(spec: Fields): string {
  return (spec.resolution as string) ?? 'NONE'
}

function checkSelector(spec: Fields, judge: Judge): void {
  if (!spec.workloadSelector) return
  const before = judge.errors.length
  checkWorkloadSelector(spec.workloadSelector, 'service entry', judge)
  // istiod looks no further at a selector that is wrong.
  const isRight = judge.errors.length === before
  if (spec.endpoints !== undefined) judge.error('CONFLICTING_FIELDS', ['spec', 'endpoints'], 'only one of WorkloadSelector or Endpoints can be set')
  if (isRight && resolutionOf(spec) === 'NONE')
    judge.warn('CONFLICTING_FIELDS', ['spec', 'workloadSelector'], 'workloadSelector should not be set when resolution mode is NONE')
}

function checkHosts(spec: Fields, judge: Judge): void {
  for (const [i, host] of ((spec.hosts ?? []) as string[]).entries()) {
    const problem = host === '*' ? 'hostname cannot be wildcard' : wildcardDomainProblem(host)
    if (problem !== null) judge.error('INVALID_HOST', ['spec', 'hosts', i], problem)
    else if (host.startsWith('*') && !host.startsWith('*.'))
      judge.warn('INVALID_HOST', ['spec', 'hosts', i], `partial wildcard "${host}" not allowed`)
  }
}

function checkAddresses(spec: Fields, judge: Judge): void {
  const addresses = (spec.addresses ?? []) as string[]
  for (const [i, address] of addresses.entries())
    if (!isIpSubnet(address))
      judge.error('INVALID_VALUE', ['spec', 'addresses', i], `${address} is not a valid ${address.includes('/') ? 'CIDR block' : 'IP'}`)
  const network = addresses.findIndex((address) => address.includes('/'))
  if (network >= 0 && !['NONE', 'STATIC'].includes(resolutionOf(spec)))
    judge.error('CONFLICTING_FIELDS', ['spec', 'addresses', network], 'CIDR addresses are allowed only for NONE/STATIC resolution types')
}

function checkPorts(spec: Fields, judge: Judge): void {
  const names = new Set<string>()
  const numbers = new Set<number>()
  for (const [port, path] of each(spec.ports, ['spec', 'ports'])) {
    const { name = '', number = 0, protocol = '', targetPort } = port as { name?: string; number?: number; protocol?: string; targetPort?: number }
    if (names.has(name)) judge.error('CONFLICTING_FIELDS', [...path, 'name'], `service entry port name "${name}" already defined`)
    if (numbers.has(number))
      judge.error('CONFLICTING_FIELDS', [...path, 'number'], `port number cannot be duplicated: service entry port ${number} already defined`)
    names.add(name)
    numbers.add(number)
    if (!isDnsLabel(name)) judge.error('INVALID_VALUE', [...path, 'name'], `invalid port name: ${name}`)
    if (protocol !== '' && !protocols.has(protocol.toUpperCase()))
      judge.error('INVALID_VALUE', [...path, 'protocol'], `unsupported protocol: ${protocol}`)
    checkPort(number, [...path, 'number'], judge)
    if (!spec.addresses?.length && resolutionOf(spec) === 'NONE' && (protocol === '' || protocol === 'TCP'))
      judge.warn('SCHEMA_REQUIRED', path, 'addresses are required for ports serving TCP (or unset) protocol when IP Autoallocation is not enabled')
    if (targetPort !== undefined) checkPort(targetPort, [...path, 'targetPort'], judge)
  }
}

function checkResolution(spec: Fields, judge: Judge): void {
  const endpoints = (spec.endpoints ?? []) as Fields[]
  const resolution = resolutionOf(spec)
  const names = new Set(((spec.ports ?? []) as Fields[]).map((port) => port.name as string))
  if (resolution !== 'STATIC' && !resolution.startsWith('DNS'))
    for (const [endpoint, path] of each(endpoints, ['spec', 'endpoints'])) checkAnyEndpoint(endpoint, path, judge)
  switch (resolution) {
    case 'NONE':
      if (spec.endpoints !== undefined)
        judge.error('CONFLICTING_FIELDS', ['spec', 'endpoints'], 'no endpoints should be provided for resolution type none')
      return
    case 'STATIC':
      for (const [endpoint, path] of each(endpoints, ['spec', 'endpoints'])) checkEndpoint(endpoint, names, false, path, judge)
      return
    case 'DYNAMIC_DNS':
      return checkDynamicDns(spec, judge)
    case 'DNS':
    case 'DNS_ROUND_ROBIN':
      if (endpoints.length === 0) requireNames(spec, resolution, judge)
      if (resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1)
        judge.error('CONFLICTING_FIELDS', ['spec', 'endpoints'], `there must only be 0 or 1 endpoint for resolution mode ${resolution}`)
      for (const [endpoint, path] of each(endpoints, ['spec', 'endpoints'])) checkEndpoint(endpoint, names, true, path, judge)
  }
}

function requireNames(spec: Fields, resolution: string, judge: Judge): void {
  for (const [i, host] of ((spec.hosts ?? []) as string[]).entries()) {
    const problem = fqdnProblem(host)
    if (problem === null) continue
    const rule = 'hosts must be FQDN or contain only prefix wildcards if no endpoints are provided for resolution mode'
    judge.error(
      'INVALID_HOST',
      ['spec', 'hosts', i],
      `${rule} ${resolution}, ${problem}`,
      'a wildcard cannot be resolved; take resolution NONE, or give endpoints',
    )
  }
}

/** Names are resolved as requests come, so that there must be a name in them, and a wildcard to fit. */
function checkDynamicDns(spec: Fields, judge: Judge): void {
  for (const [i, host] of ((spec.hosts ?? []) as string[]).entries())
    if (!host.startsWith('*')) judge.error('INVALID_HOST', ['spec', 'hosts', i], 'host must be wildcarded for resolution mode DYNAMIC_DNS')
  if (spec.addresses?.length)
    judge.error(
      'CONFLICTING_FIELDS',
      ['spec', 'addresses'],
      'addresses cannot be set for resolution type DYNAMIC_DNS: a host of the request is resolved',
    )
  if (spec.endpoints?.length)
    judge.error(
      'CONFLICTING_FIELDS',
      ['spec', 'endpoints'],
      'endpoints cannot be set for resolution type DYNAMIC_DNS: a host of the request is resolved',
    )
  for (const [port, path] of each(spec.ports, ['spec', 'ports']))
    if (!named.has(String(port.protocol ?? '').toUpperCase()))
      judge.error(
        'CONFLICTING_FIELDS',
        [...path, 'protocol'],
        'only HTTP, TLS, GRPC, and HTTP2 protocols are supported for resolution type DYNAMIC_DNS',
      )
}

/** The CEL rules of the CRD, for endpoints that are not looked at more closely. */
function checkAnyEndpoint(endpoint: Fields, path: FieldPath, judge: Judge): void {
  if (endpoint.address === undefined && endpoint.network === undefined) judge.error('SCHEMA_REQUIRED', [...path, 'address'], 'Address is required')
  checkSocketAddress(endpoint, path, judge)
  for (const [name, port] of Object.entries((endpoint.ports ?? {}) as Record<string, number>))
    checkEndpointPort(name, port, [...path, 'ports'], judge)
}

function checkEndpointPort(name: string, port: number, path: FieldPath, judge: Judge): void {
  if (!isDnsLabel(name) || name.length >= maxPortName) judge.error('INVALID_VALUE', [...path, name], `invalid port name: ${name}`)
  checkPort(port, [...path, name], judge)
}

function checkEndpoint(endpoint: Fields, portNames: ReadonlySet<string>, byDns: boolean, path: FieldPath, judge: Judge): void {
  const { address = '', network = '', ports = {} } = endpoint as { address?: string; network?: string; ports?: Record<string, number> }
  if (address === '' && !network) judge.error('SCHEMA_REQUIRED', [...path, 'address'], 'Address is required')
  else if (address === '' && !byDns) judge.warn('SCHEMA_REQUIRED', [...path, 'address'], `address is unset with network "${network}"`)
  else if (address.startsWith(socketPrefix) && !byDns) checkSocket(address.slice(socketPrefix.length), endpoint, portNames, path, judge)
  else if (!isIpAddress(address) && !(byDns && fqdnProblem(address) === null))
    judge.error(
      'INVALID_HOST',
      [...path, 'address'],
      byDns ? `endpoint address "${address}" is not a valid FQDN or an IP address` : `endpoint address "${address}" is not a valid IP address`,
    )
  for (const [name, port] of Object.entries(ports)) {
    if (!portNames.has(name)) judge.error('INVALID_PORT', [...path, 'ports', name], `endpoint port ${port} is not defined by the service entry`)
    checkEndpointPort(name, port, [...path, 'ports'], judge)
  }
  checkLabels(endpoint.labels, [...path, 'labels'], judge)
}

function checkSocket(socket: string, endpoint: Fields, portNames: ReadonlySet<string>, path: FieldPath, judge: Judge): void {
  const problem = socketProblem(socket)
  if (problem !== null) judge.error('INVALID_VALUE', [...path, 'address'], problem)
  if (endpoint.ports !== undefined) judge.error('CONFLICTING_FIELDS', [...path, 'ports'], `unix endpoint unix://${socket} must not include ports`)
  if (portNames.size !== 1) judge.error('CONFLICTING_FIELDS', [...path, 'address'], 'exactly 1 service port required for unix endpoints')
}
