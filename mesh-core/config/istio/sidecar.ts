import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkPort, fqdnProblem, isDnsLabel, isIpAddress, wildcardDomainProblem } from './names.ts'
import { checkWorkloadSelector } from './selector.ts'
import { checkServerTls } from './server-tls.ts'
import { socketPrefix, socketProblem } from './socket.ts'
import { checkConnectionPool } from './traffic-policy.ts'

const protocols = new Set('HTTP HTTP2 HTTP_PROXY GRPC GRPC-WEB HTTPS TLS TCP UDP MONGO REDIS MYSQL'.split(' '))

/** Source: Istio `pkg/config/validation/validation.go` ValidateSidecar. */
export function checkSidecar(spec: Fields, namespace: string, judge: Judge): void {
  checkWorkloadSelector(spec.workloadSelector, 'sidecar', judge)
  if (!spec.egress?.length && !spec.ingress?.length && !spec.outboundTrafficPolicy && !spec.inboundConnectionPool)
    return judge.error('SCHEMA_REQUIRED', ['spec'], 'sidecar: empty configuration provided', 'give egress hosts, or leave the Sidecar out')
  checkIngress(spec, judge)
  checkEgress(spec, namespace, judge)
  checkOutboundPolicy(spec.outboundTrafficPolicy as Fields | undefined, judge)
  checkConnectionPool(spec.inboundConnectionPool, ['spec', 'inboundConnectionPool'], judge)
}

function checkIngress(spec: Fields, judge: Judge): void {
  const taken = new Set<number>()
  for (const [listener, path] of each(spec.ingress, ['spec', 'ingress'])) {
    if (!listener.port) {
      judge.error('SCHEMA_REQUIRED', [...path, 'port'], 'sidecar: port is required for ingress listeners')
      continue
    }
    checkListenerPort(listener.port as Fields, [...path, 'port'], judge)
    checkPort(listener.port.number ?? 0, [...path, 'port', 'number'], judge)
    checkBind(listener.bind ?? '', [...path, 'bind'], judge)
    takePort(taken, listener.port.number ?? 0, [...path, 'port', 'number'], judge)
    if (listener.defaultEndpoint) checkEndpoint(listener.defaultEndpoint as string, [...path, 'defaultEndpoint'], judge)
    if (listener.tls) checkIngressTls(listener.tls as Fields, String(listener.port.protocol ?? ''), [...path, 'tls'], judge)
    checkConnectionPool(listener.connectionPool, [...path, 'connectionPool'], judge)
    const { number = 0, name = '', protocol = '' } = listener.port as Fields
    if (listener.connectionPool?.http && !isHttp(String(protocol)))
      judge.warn(
        'CONFLICTING_FIELDS',
        [...path, 'connectionPool', 'http'],
        `sidecar: HTTP connection pool settings are configured for port ${number} ("${name}") but its protocol is not HTTP (${protocol}); only TCP settings will apply`,
      )
  }
}

function isHttp(protocol: string): boolean {
  return ['HTTP', 'HTTP2', 'HTTP_PROXY', 'GRPC', 'GRPC-WEB'].includes(protocol.toUpperCase())
}

function takePort(taken: Set<number>, port: number, path: FieldPath, judge: Judge): void {
  if (taken.has(port)) judge.error('CONFLICTING_FIELDS', path, 'sidecar: ports on IP bound listeners must be unique')
  taken.add(port)
}

/** A name is not needed. */
function checkListenerPort({ name = '', protocol = '', targetPort = 0 }: Fields, path: FieldPath, judge: Judge): void {
  if (name !== '' && !isDnsLabel(name)) judge.error('INVALID_VALUE', [...path, 'name'], `invalid port name: ${name}`)
  if (protocol !== '' && !protocols.has(String(protocol).toUpperCase()))
    judge.error('INVALID_VALUE', [...path, 'protocol'], `unsupported protocol: ${protocol}`)
  if (targetPort > 0) judge.error('INVALID_VALUE', [...path, 'targetPort'], 'targetPort has no impact on Sidecars')
}

function checkBind(bind: string, path: FieldPath, judge: Judge): void {
  if (bind !== '' && !isIpAddress(bind)) judge.error('INVALID_VALUE', path, `${bind} is not a valid IP`)
}

const ownHosts = new Set(['', '127.0.0.1', '0.0.0.0', '::1', '::'])

/** `127.0.0.1:8080`, `[::1]:8080`, `:8080`, `unix:///path`. */
function checkEndpoint(endpoint: string, path: FieldPath, judge: Judge): void {
  if (endpoint.startsWith(socketPrefix)) {
    const problem = socketProblem(endpoint.slice(socketPrefix.length))
    return problem === null ? undefined : judge.error('INVALID_VALUE', path, problem)
  }
  const parts = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(endpoint)
  if (!parts) return judge.error('INVALID_VALUE', path, `address ${endpoint}: missing port in address`)
  const [, bracketed, plain, port] = parts
  if (!ownHosts.has(bracketed ?? plain ?? ''))
    judge.error(
      'INVALID_VALUE',
      path,
      'sidecar: defaultEndpoint must be of form 127.0.0.1:<port>,0.0.0.0:<port>,[::1]:port,[::]:port,unix://filepath or unset',
    )
  if (!/^\d+$/.test(port!)) judge.error('INVALID_PORT', path, `sidecar: defaultEndpoint port (${port!}) is not a number`)
  else checkPort(Number(port), path, judge)
}

function checkIngressTls(tls: Fields, protocol: string, path: FieldPath, judge: Judge): void {
  if (tls.subjectAltNames?.length)
    judge.error('CONFLICTING_FIELDS', [...path, 'subjectAltNames'], 'sidecar: subjectAltNames is not supported in ingress tls')
  if (tls.httpsRedirect) judge.error('CONFLICTING_FIELDS', [...path, 'httpsRedirect'], 'sidecar: httpsRedirect is not supported')
  if (tls.credentialName) judge.error('CONFLICTING_FIELDS', [...path, 'credentialName'], 'sidecar: credentialName is not currently supported')
  for (const field of ['credentialNames', 'tlsCertificates'])
    if (tls[field]?.length) judge.error('CONFLICTING_FIELDS', [...path, field], `sidecar: ${field} is not currently supported`)
  if (tls.mode === 'ISTIO_MUTUAL' || tls.mode === 'AUTO_PASSTHROUGH')
    judge.error('CONFLICTING_FIELDS', [...path, 'mode'], `configuration is invalid: cannot set mode to ${tls.mode} in sidecar ingress tls`)
  if (!['HTTPS', 'TLS'].includes(protocol.toUpperCase()))
    judge.error('CONFLICTING_FIELDS', path, 'server cannot have TLS settings for non HTTPS/TLS ports')
  checkServerTls(tls, path, judge)
}

function checkEgress(spec: Fields, namespace: string, judge: Judge): void {
  const ports = new Set<number>()
  const sockets = new Set<string>()
  const last = (spec.egress?.length ?? 0) - 1
  for (const [listener, path] of each(spec.egress, ['spec', 'egress'])) {
    if (!listener.port) {
      if (path.at(-1) !== last)
        judge.error('CONFLICTING_FIELDS', path, 'sidecar: the egress listener with empty port should be the last listener in the list')
    } else checkEgressPort(listener, ports, sockets, path, judge)
    checkEgressHosts((listener.hosts ?? []) as string[], namespace, [...path, 'hosts'], judge)
  }
}

function checkEgressPort(listener: Fields, ports: Set<number>, sockets: Set<string>, path: FieldPath, judge: Judge): void {
  const { port, bind = '', captureMode = 'DEFAULT' } = listener as { port: Fields; bind?: string; captureMode?: string }
  checkListenerPort(port, [...path, 'port'], judge)
  const number: number = port.number ?? 0
  if (number !== 0) {
    checkPort(number, [...path, 'port', 'number'], judge)
    checkBind(bind, [...path, 'bind'], judge)
    return takePort(ports, number, [...path, 'port', 'number'], judge)
  }
  const problem = bind.startsWith(socketPrefix)
    ? socketProblem(bind.slice(socketPrefix.length))
    : 'sidecar: ports with 0 value must have a unix domain socket bind address'
  if (problem !== null) judge.error('INVALID_VALUE', [...path, 'bind'], problem)
  if (captureMode !== 'DEFAULT' && captureMode !== 'NONE')
    judge.error('CONFLICTING_FIELDS', [...path, 'captureMode'], 'sidecar: captureMode must be DEFAULT/NONE for unix domain socket listeners')
  if (sockets.has(bind)) judge.error('CONFLICTING_FIELDS', [...path, 'bind'], 'sidecar: unix domain socket values for listeners must be unique')
  sockets.add(bind)
}

function checkEgressHosts(hosts: readonly string[], namespace: string, path: FieldPath, judge: Judge): void {
  if (hosts.length === 0) return judge.error('SCHEMA_REQUIRED', path, 'sidecar: egress listener must contain at least one host')
  const seen = new Map<string, Set<string>>()
  for (const [i, host] of hosts.entries()) {
    const hint = 'write namespace/host, for example ./*, */*, prod/shop.example.com'
    for (const problem of egressHostProblems(host)) judge.error('INVALID_HOST', [...path, i], problem, hint)
    if (host.includes('/') && isRepeated(host, namespace, seen)) judge.warn('CONFLICTING_FIELDS', [...path, i], `duplicated egress host: ${host}`)
  }
  // `~ns/*` takes a namespace away from them.
  const others = [...seen.keys()].filter((namespace) => namespace !== '*' && !namespace.startsWith('~'))
  if (seen.get('*')?.has('*') && others.length > 0)
    judge.warn('CONFLICTING_FIELDS', path, '`*/*` host select all resources, no other hosts can be added')
}

/** Notes the host, too. */
function isRepeated(host: string, namespace: string, seen: Map<string, Set<string>>): boolean {
  const slash = host.indexOf('/')
  const owner = host.slice(0, slash) === '.' ? namespace : host.slice(0, slash)
  const name = host.slice(slash + 1)
  const names = seen.get(owner) ?? new Set()
  seen.set(owner, names)
  const repeated = name === '*' ? names.size > 0 : names.has(name) || names.has('*')
  names.add(name)
  return repeated
}

/** Source: Istio validateNamespaceSlashWildcardHostname. */
export function egressHostProblems(text: string): string[] {
  const slash = text.indexOf('/')
  if (slash < 0) return ['host must be of form namespace/dnsName']
  const [namespace, host] = [text.slice(0, slash), text.slice(slash + 1)]
  const known = ['', '*', '.'].includes(namespace.replace(/^~/, '')) || isDnsLabel(namespace.replace(/^~/, ''))
  const domain = wildcardDomainProblem(host)
  return [
    ...(namespace === '' || host === '' ? ['config namespace and dnsName in host entry cannot be empty'] : []),
    ...(known ? [] : [`invalid namespace value "${namespace}" in sidecar`]),
    ...(host === '*' || host.includes('.') ? [] : ['short names (non FQDN) are not allowed']),
    ...(domain === null ? [] : [domain]),
    ...(host.includes('*') && host.length !== 1 && !host.startsWith('*.') ? [`partial wildcard "${host}" not allowed`] : []),
  ]
}

function checkOutboundPolicy(policy: Fields | undefined, judge: Judge): void {
  const proxy = policy?.egressProxy as Fields | undefined
  if (!proxy) return
  const path = ['spec', 'outboundTrafficPolicy', 'egressProxy']
  if ((policy?.mode ?? 'REGISTRY_ONLY') !== 'ALLOW_ANY')
    judge.error('CONFLICTING_FIELDS', path, 'sidecar: egress_proxy must be set only with ALLOW_ANY outbound_traffic_policy mode')
  if (proxy.host === '*') judge.error('INVALID_HOST', [...path, 'host'], 'invalid destination host *')
  const problem = fqdnProblem((proxy.host as string) ?? '')
  if (problem !== null) judge.error('INVALID_HOST', [...path, 'host'], problem)
  if (!proxy.port) judge.error('SCHEMA_REQUIRED', [...path, 'port'], 'sidecar: egress_proxy port must be non-nil')
  else checkPort(proxy.port.number ?? 0, [...path, 'port', 'number'], judge)
  const subset: string = proxy.subset ?? ''
  if (subset !== '' && !isDnsLabel(subset)) judge.error('INVALID_VALUE', [...path, 'subset'], `subset name is invalid: ${subset}`)
}
