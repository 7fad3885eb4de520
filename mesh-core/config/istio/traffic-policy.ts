import type { FieldPath } from '../finding.ts'
import { durationMs } from '../duration.ts'
import { checkDuration, checkIsDuration } from './durations.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkLoadBalancer } from './load-balancer.ts'
import { checkPort, fqdnProblem, isIpAddress } from './names.ts'

const fields = ['outlierDetection', 'connectionPool', 'loadBalancer', 'tls', 'portLevelSettings', 'tunnel', 'proxyProtocol', 'retryBudget']
const portFields = ['outlierDetection', 'connectionPool', 'loadBalancer', 'tls']

/** Source: Istio validateTrafficPolicy. */
export function checkTrafficPolicy(policy: Fields | undefined, namespace: string, path: FieldPath, judge: Judge): void {
  if (!policy) return
  if (!fields.some((field) => has(policy[field]))) return judge.error('SCHEMA_REQUIRED', path, 'traffic policy must have at least one field')
  if (policy.tunnel && policy.proxyProtocol)
    judge.error('CONFLICTING_FIELDS', [...path, 'tunnel'], 'tunnel and proxyProtocol must not be set together')
  checkCommon(policy, namespace, path, judge)
  for (const [port, at] of each(policy.portLevelSettings, [...path, 'portLevelSettings'])) {
    if (!port.port) judge.error('SCHEMA_REQUIRED', [...at, 'port'], 'portTrafficPolicy must have valid port')
    if (!portFields.some((field) => has(port[field]))) judge.error('SCHEMA_REQUIRED', at, 'port traffic policy must have at least one field')
    else
      judge.errorsOf((part) => {
        checkCommon(port, namespace, at, part)
      })
  }
  checkTunnel(policy.tunnel, [...path, 'tunnel'], judge)
  checkIsDuration(policy.retryBudget?.budgetInterval, [...path, 'retryBudget', 'budgetInterval'], judge)
}

/** An empty list is nothing, an empty mapping is something. */
function has(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
}

function checkCommon(policy: Fields, namespace: string, path: FieldPath, judge: Judge): void {
  checkOutlierDetection(policy.outlierDetection, [...path, 'outlierDetection'], judge)
  checkConnectionPool(policy.connectionPool, [...path, 'connectionPool'], judge)
  checkLoadBalancer(policy.loadBalancer, policy.outlierDetection, [...path, 'loadBalancer'], judge)
  checkClientTls(policy.tls, namespace, [...path, 'tls'], judge)
}

function checkTunnel(tunnel: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!tunnel) return
  const { protocol, targetHost = '', targetPort = 0 } = tunnel
  if (protocol && protocol !== 'CONNECT' && protocol !== 'POST')
    judge.error('INVALID_VALUE', [...path, 'protocol'], 'tunnel protocol must be "CONNECT" or "POST"')
  const problem = fqdnProblem(targetHost as string)
  if (problem !== null && !isIpAddress(targetHost as string))
    judge.error(
      'INVALID_HOST',
      [...path, 'targetHost'],
      `tunnel target host must be valid FQDN or IP address: ${problem}; ${targetHost} is not a valid IP`,
    )
  checkPort(targetPort as number, [...path, 'targetPort'], judge, 'tunnel target port is invalid: ')
}

/** Source: Istio validateOutlierDetection. */
export function checkOutlierDetection(outlier: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!outlier) return
  checkDuration(outlier.baseEjectionTime, [...path, 'baseEjectionTime'], judge)
  checkDuration(outlier.interval, [...path, 'interval'], judge)
  if (outlier.consecutiveErrors)
    judge.warn(
      'INVALID_VALUE',
      [...path, 'consecutiveErrors'],
      'outlier detection consecutive errors is deprecated, use consecutiveGatewayErrors or consecutive5xxErrors instead',
    )
  if (!outlier.splitExternalLocalOriginErrors && outlier.consecutiveLocalOriginFailures > 0) {
    const problem = 'outlier detection consecutive local origin failures is specified, but split external local origin errors is set to false'
    judge.error('CONFLICTING_FIELDS', [...path, 'consecutiveLocalOriginFailures'], problem)
  }
  for (const field of ['maxEjectionPercent', 'minHealthPercent']) {
    const percent = (outlier[field] as number) ?? 0
    if (percent < 0 || percent > 100) judge.error('INVALID_PERCENT', [...path, field], `percentage ${percent} is not in range 0..100`)
  }
}

/** Fields that may not be negative, with istiod's words for them. */
const counts: Readonly<Record<string, string>> = {
  http1MaxPendingRequests: 'http1 max pending requests',
  http2MaxRequests: 'http2 max requests',
  maxRequestsPerConnection: 'max requests per connection',
  maxRetries: 'max retries',
  maxConcurrentStreams: 'max concurrent streams',
  maxConnections: 'max connections',
}

/** Source: Istio validateConnectionPool. */
export function checkConnectionPool(pool: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!pool) return
  if (!pool.http && !pool.tcp) return judge.error('SCHEMA_REQUIRED', path, 'connection pool must have at least one field')
  for (const protocol of ['http', 'tcp'])
    for (const [field, words] of Object.entries(counts))
      if (pool[protocol]?.[field] < 0) judge.error('INVALID_VALUE', [...path, protocol, field], `${words} must be non-negative`)
  if (pool.http) {
    checkDuration(pool.http.idleTimeout, [...path, 'http', 'idleTimeout'], judge)
    const keepAlive = pool.http.http2KeepAlive as Fields | undefined
    for (const field of keepAlive ? ['interval', 'timeout'] : []) {
      const at = [...path, 'http', 'http2KeepAlive', field]
      if (keepAlive?.[field] === undefined) judge.error('SCHEMA_REQUIRED', at, `http2 keepalive needs ${field}`)
      else checkDuration(keepAlive[field] as string, at, judge)
    }
    if (pool.http.h2UpgradePolicy === 'UPGRADE' && pool.http.useClientProtocol === true)
      judge.error(
        'CONFLICTING_FIELDS',
        [...path, 'http', 'useClientProtocol'],
        'use client protocol must not be true when H2UpgradePolicy is UPGRADE',
      )
  }
  if (pool.tcp) {
    for (const field of ['connectTimeout', 'maxConnectionDuration']) checkDuration(pool.tcp[field], [...path, 'tcp', field], judge)
    // 0 is for none; what is below a millisecond counts as 0.
    if (Math.trunc(durationMs((pool.tcp.idleTimeout as string) ?? '') ?? 1) !== 0)
      checkDuration(pool.tcp.idleTimeout, [...path, 'tcp', 'idleTimeout'], judge)
    for (const field of ['time', 'interval']) checkDuration(pool.tcp.tcpKeepalive?.[field], [...path, 'tcp', 'tcpKeepalive', field], judge)
  }
}

/** Source: Istio ValidateTLS of ClientTLSSettings. */
export function checkClientTls(tls: Fields | undefined, namespace: string, path: FieldPath, judge: Judge): void {
  if (!tls) return
  checkConfigMapName((tls.credentialName as string | undefined) ?? '', namespace, [...path, 'credentialName'], judge)
  const simple = tls.mode === 'SIMPLE'
  const mutual = tls.mode === 'MUTUAL'
  const alternativeNames = tls.subjectAltNames !== undefined && tls.subjectAltNames.length > 0
  if (tls.insecureSkipVerify === true && simple && (tls.caCertificates || tls.credentialName || alternativeNames))
    judge.error('CONFLICTING_FIELDS', path, 'cannot specify CaCertificates or CredentialName or SubjectAltNames when InsecureSkipVerify is set true')
  if (tls.insecureSkipVerify === true && mutual && (tls.caCertificates || alternativeNames))
    judge.error('CONFLICTING_FIELDS', path, 'cannot specify CaCertificates or SubjectAltNames when InsecureSkipVerify is set true')
  if ((simple || mutual) && tls.credentialName) {
    if (tls.clientCertificate || tls.caCertificates || tls.privateKey || tls.caCrl)
      judge.error('CONFLICTING_FIELDS', path, 'cannot specify client certificates or CA certificate or CA CRL If credentialName is set')
    return
  }
  if (mutual && !tls.clientCertificate) judge.error('SCHEMA_REQUIRED', [...path, 'clientCertificate'], 'client certificate required for mutual tls')
  if (mutual && !tls.privateKey) judge.error('SCHEMA_REQUIRED', [...path, 'privateKey'], 'private key required for mutual tls')
}

/** A ConfigMap is named with its namespace, which is the rule's. Source: Istio `pkg/config/validation/agent` ValidateTLS, `credentials.ParseResourceName`. */
function checkConfigMapName(credentialName: string, namespace: string, path: FieldPath, judge: Judge): void {
  if (!credentialName.startsWith('configmap://')) return
  const parts = credentialName.slice('configmap://'.length).split('/')
  if (parts.length !== 2 || parts.includes(''))
    judge.error(
      'INVALID_VALUE',
      path,
      `invalid configmap:// credentialName: invalid resource name "${credentialName}". Expected namespace and name`,
      `write configmap://${namespace}/NAME`,
    )
  else if (parts[0] !== namespace)
    judge.error(
      'INVALID_VALUE',
      path,
      `invalid configmap:// credentialName: namespace must match the configuration namespace "${namespace}"`,
      `write configmap://${namespace}/${parts[1]}`,
    )
}
