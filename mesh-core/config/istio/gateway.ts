import type { FieldPath } from '../finding.ts'
import { suggestion } from '../schema/suggest.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkPort, isDnsLabel, isIpAddress, wildcardDomainProblem } from './names.ts'
import { checkServerTls } from './server-tls.ts'

const http = ['HTTP', 'HTTP2', 'HTTP_PROXY', 'GRPC', 'GRPC-WEB']
const tls = ['HTTPS', 'TLS']
const protocols = [...http, ...tls, 'TCP', 'UDP', 'MONGO', 'REDIS', 'MYSQL', 'GRPC-Web']

/** Source: Istio `pkg/config/validation/validation.go` ValidateGateway. */
export function checkGateway(spec: Fields, name: string, judge: Judge): void {
  if (!isDnsLabel(name)) judge.error('INVALID_VALUE', ['metadata', 'name'], `invalid gateway name: "${name}"`)
  if (!spec.servers?.length) judge.error('SCHEMA_REQUIRED', ['spec', 'servers'], 'gateway must have at least one server')
  const names = new Set<string>()
  for (const [server, path] of each(spec.servers, ['spec', 'servers'])) {
    checkServer(server, path, judge)
    if (!server.port) continue
    const portName = (server.port.name as string) ?? ''
    if (names.has(portName))
      judge.error('CONFLICTING_FIELDS', [...path, 'port', 'name'], `port names in servers must be unique: duplicate name ${portName}`)
    names.add(portName)
    if (!isHttp(server.port.protocol as string) && server.tls?.httpsRedirect === true)
      judge.warn('INVALID_VALUE', [...path, 'tls', 'httpsRedirect'], 'tls.httpsRedirect should only be used with http servers')
  }
}

function isHttp(protocol = ''): boolean {
  return http.includes(protocol.toUpperCase())
}

/** Source: Istio validateServer. */
export function checkServer(server: Fields, path: FieldPath, judge: Judge): void {
  if (!server.hosts?.length)
    judge.error('SCHEMA_REQUIRED', [...path, 'hosts'], 'server config must contain at least one host', 'for any host write "*"')
  for (const [i, host] of ((server.hosts ?? []) as string[]).entries()) checkServerHost(host, [...path, 'hosts', i], judge)
  const before = judge.errors.length
  checkServerPort(server, path, judge)
  const portIsRight = judge.errors.length === before
  checkBind(server, path, judge)
  checkServerTls(server.tls, [...path, 'tls'], judge)
  if (portIsRight) checkProtocolAndTls(server, path, judge)
}

/** `host`, or `namespace/host` where the namespace may be `*` or `.`. */
function checkServerHost(text: string, path: FieldPath, judge: Judge): void {
  const slash = text.indexOf('/')
  if (slash < 0) return checkHostPart(text, path, judge)
  const [namespace, host] = [text.slice(0, slash), text.slice(slash + 1)]
  if (namespace === '' || host === '') judge.error('INVALID_HOST', path, 'config namespace and dnsName in host entry cannot be empty')
  if (namespace !== '*' && namespace !== '.' && !isDnsLabel(namespace))
    judge.error('INVALID_HOST', path, `invalid namespace value "${namespace}" in gateway`)
  checkHostPart(host, path, judge)
}

function checkHostPart(host: string, path: FieldPath, judge: Judge): void {
  if (host !== '*' && !host.includes('.'))
    judge.error('INVALID_HOST', path, 'short names (non FQDN) are not allowed', 'write the whole name, for example shop.example.com')
  const problem = wildcardDomainProblem(host)
  if (problem !== null && !isIpAddress(host)) judge.error('INVALID_HOST', path, problem)
  if (host.includes('*') && host.length !== 1 && !host.startsWith('*.')) judge.error('INVALID_HOST', path, `partial wildcard "${host}" not allowed`)
}

const socketPrefix = 'unix://'

/** Source: Istio validateServerPort. */
export function checkServerPort(server: Fields, path: FieldPath, judge: Judge): void {
  const at = [...path, 'port']
  if (!server.port) return judge.error('SCHEMA_REQUIRED', at, 'port is required')
  const {
    number = 0,
    name = '',
    protocol = '',
    targetPort = 0,
  } = server.port as { number?: number; name?: string; protocol?: string; targetPort?: number }
  if (!protocols.some((known) => known.toUpperCase() === protocol.toUpperCase())) {
    const problem = `invalid protocol "${protocol}", supported protocols are HTTP, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, TCP`
    judge.error('INVALID_VALUE', [...at, 'protocol'], problem, suggestion(protocol, protocols))
  }
  if (number > 0 || !((server.bind as string) ?? '').startsWith(socketPrefix)) checkPort(number, [...at, 'number'], judge)
  if (targetPort > 0) judge.error('INVALID_VALUE', [...at, 'targetPort'], 'targetPort has no impact on Gateways')
  if (name === '') judge.error('SCHEMA_REQUIRED', [...at, 'name'], 'port name must be set')
}

function checkBind(server: Fields, path: FieldPath, judge: Judge): void {
  const bind: string = server.bind ?? ''
  if (bind.startsWith(socketPrefix)) {
    const socket = bind.slice(socketPrefix.length)
    if (!socket.startsWith('@') && (!socket.startsWith('/') || socket.endsWith('/')))
      judge.error(
        'INVALID_VALUE',
        [...path, 'bind'],
        socket === '' ? 'unix address must not be empty' : `${socket} is not an absolute path to a file`,
      )
    if (server.port?.number) judge.error('INVALID_PORT', [...path, 'port', 'number'], 'port number must be 0 for unix domain socket')
  } else if (bind !== '' && !isIpAddress(bind)) judge.error('INVALID_VALUE', [...path, 'bind'], `${bind} is not a valid IP`)
}

function checkProtocolAndTls(server: Fields, path: FieldPath, judge: Judge): void {
  const protocol = ((server.port.protocol as string) ?? '').toUpperCase()
  const settings = server.tls as Fields | undefined
  if (tls.includes(protocol)) {
    if (!settings) judge.error('SCHEMA_REQUIRED', [...path, 'tls'], 'server must have TLS settings for HTTPS/TLS protocols')
    return
  }
  if (!settings) return
  if (!isHttp(protocol)) return judge.error('CONFLICTING_FIELDS', [...path, 'tls'], 'server cannot have TLS settings for non HTTPS/TLS ports')
  // `tls: {httpsRedirect: true}` has no mode, and that is PASSTHROUGH.
  const passes = settings.mode === undefined || settings.mode === 'PASSTHROUGH' || settings.mode === 'AUTO_PASSTHROUGH'
  if (!passes || settings.caCertificates || settings.privateKey || settings.serverCertificate)
    judge.error('CONFLICTING_FIELDS', [...path, 'tls'], 'server cannot have TLS settings for plain text HTTP ports')
}
