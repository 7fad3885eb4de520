import { durationMs } from '../duration.ts'
import type { FieldPath } from '../finding.ts'
import { trustDomainProblem } from './addresses.ts'
import { checkDuration } from './durations.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkLocality } from './load-balancer.ts'
import { checkMeshProxyConfig } from './mesh-proxy-config.ts'
import { checkPort, fqdnProblem, isDnsLabel, isIpAddress, isIpSubnet, wildcardDomainProblem } from './names.ts'
import { checkRetries } from './retries.ts'
import { checkConnectionPool, checkOutlierDetection } from './traffic-policy.ts'

/** A MeshConfig with its defaults filled in. Source: Istio `pkg/config/validation/agent/validation.go` ValidateMeshConfig */
export function checkMeshConfig(mesh: Fields, path: FieldPath, judge: Judge): void {
  checkPort((mesh.proxyListenPort as number) ?? 0, [...path, 'proxyListenPort'], judge)
  checkConnectTimeout(mesh.connectTimeout, [...path, 'connectTimeout'], judge)
  checkDetectionTimeout(mesh.protocolDetectionTimeout, [...path, 'protocolDetectionTimeout'], judge)
  if (mesh.defaultConfig === undefined) judge.error('SCHEMA_REQUIRED', [...path, 'defaultConfig'], 'missing default config')
  else checkMeshProxyConfig(mesh.defaultConfig as Fields, [...path, 'defaultConfig'], judge)
  checkLocality(mesh.localityLbSetting, {}, [...path, 'localityLbSetting'], judge)
  checkServiceSettings(mesh, path, judge)
  checkTrustDomains(mesh, path, judge)
  if (mesh.meshMTLS?.ecdhCurves)
    judge.error('CONFLICTING_FIELDS', [...path, 'meshMTLS', 'ecdhCurves'], 'mesh TLS does not support ECDH curves configuration')
  warnOfCurves((mesh.tlsDefaults?.ecdhCurves ?? []) as string[], [...path, 'tlsDefaults', 'ecdhCurves'], judge)
  checkDefaultTrafficPolicy(mesh.defaultTrafficPolicy, [...path, 'defaultTrafficPolicy'], judge)
  checkInboundRetries(mesh.defaultInboundHttpRetryPolicy, [...path, 'defaultInboundHttpRetryPolicy'], judge)
}

const hourMs = 3_600_000

/** From 1 ms to an hour. Source: Istio ValidateConnectTimeout */
export function checkConnectTimeout(text: string | undefined, path: FieldPath, judge: Judge): void {
  checkDuration(text ?? '0s', path, judge)
  if ((durationMs(text ?? '0s') ?? 0) > hourMs) judge.error('INVALID_DURATION', path, `time ${text} must be >1ms and <1h0m0s`)
}

/** 0 is for none. Source: Istio ValidateProtocolDetectionTimeout */
export function checkDetectionTimeout(text: string | undefined, path: FieldPath, judge: Judge): void {
  const ms = durationMs(text ?? '0s')
  if (ms === null) judge.error('INVALID_DURATION', path, `"${text}" is no duration`)
  else if (!Number.isInteger(Math.round(ms * 1e6) / 1e6)) judge.error('INVALID_DURATION', path, 'only durations to ms precision are supported')
}

/** Source: Istio validateServiceSettings */
export function checkServiceSettings(mesh: Fields, path: FieldPath, judge: Judge): void {
  for (const [settings, at] of each(mesh.serviceSettings, [...path, 'serviceSettings']))
    for (const [i, host] of ((settings.hosts ?? []) as string[]).entries()) {
      const problem = wildcardDomainProblem(host)
      if (problem !== null) judge.error('INVALID_HOST', [...at, 'hosts', i], problem)
    }
}

function checkTrustDomains(mesh: Fields, path: FieldPath, judge: Judge): void {
  const problem = trustDomainProblem((mesh.trustDomain as string) ?? '')
  if (problem !== null) judge.error('INVALID_HOST', [...path, 'trustDomain'], problem)
  for (const [i, alias] of ((mesh.trustDomainAliases ?? []) as string[]).entries()) {
    const wrong = trustDomainProblem(alias)
    if (wrong !== null) judge.error('INVALID_HOST', [...path, 'trustDomainAliases', i], wrong)
  }
}

const curves = new Set(['', 'P-224', 'P-256', 'P-521', 'P-384', 'X25519', 'CECPQ2', 'X25519MLKEM768'])

function warnOfCurves(named: readonly string[], path: FieldPath, judge: Judge): void {
  const unknown = [...new Set(named.filter((curve) => !curves.has(curve)))].toSorted()
  const repeated = [...new Set(named.filter((curve, i) => curves.has(curve) && named.indexOf(curve) < i))].toSorted()
  if (unknown.length > 0) judge.warn('INVALID_VALUE', path, `detected unrecognized ECDH curves: [${unknown.join(' ')}]`)
  if (repeated.length > 0) judge.warn('INVALID_VALUE', path, `detected duplicate ECDH curves: [${repeated.join(' ')}]`)
}

/** Source: Istio validateMeshConfigDefaultTrafficPolicy */
export function checkDefaultTrafficPolicy(policy: Fields | undefined, path: FieldPath, judge: Judge): void {
  checkConnectionPool(policy?.connectionPool, [...path, 'connectionPool'], judge)
  checkOutlierDetection(policy?.outlierDetection, [...path, 'outlierDetection'], judge)
}

/** Of a sidecar's own workload there is one endpoint, so that what chooses among several is left alone. */
const ignored = ['perTryTimeout', 'retryIgnorePreviousHosts', 'retryRemoteLocalities']

/** Source: Istio validateMeshConfigDefaultInboundHTTPRetryPolicy */
export function checkInboundRetries(retries: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!retries) return
  checkRetries(retries, path, judge)
  if ((retries.attempts ?? 0) === 0 && retries.backoff !== undefined)
    judge.error('CONFLICTING_FIELDS', [...path, 'backoff'], 'http retry policy configured when attempts are set to 0 (disabled)')
  for (const field of ignored)
    if (retries[field] !== undefined) judge.warn('INVALID_VALUE', [...path, field], `${field} is ignored for inbound retries`)
}

/** Source: Istio ValidateMeshNetworks */
export function checkMeshNetworks(networks: Fields, path: FieldPath, judge: Judge): void {
  for (const [name, network] of Object.entries((networks.networks ?? {}) as Readonly<Record<string, Fields>>)) {
    const at = [...path, 'networks', name]
    for (const [endpoint, place] of each(network.endpoints, [...at, 'endpoints'])) checkNetworkEndpoint(endpoint, place, judge)
    for (const [gateway, place] of each(network.gateways, [...at, 'gateways'])) checkNetworkGateway(gateway, place, judge)
  }
}

function checkNetworkEndpoint({ fromCidr, fromRegistry }: Fields, path: FieldPath, judge: Judge): void {
  if (fromCidr !== undefined && !isIpSubnet(fromCidr as string))
    judge.error('INVALID_VALUE', [...path, 'fromCidr'], `${fromCidr} is not a valid CIDR block`)
  if (fromRegistry !== undefined && !isDnsLabel(fromRegistry as string))
    judge.error('INVALID_VALUE', [...path, 'fromRegistry'], `invalid registry name: ${fromRegistry}`)
}

function checkNetworkGateway({ registryServiceName, address, port = 0 }: Fields, path: FieldPath, judge: Judge): void {
  const problem = registryServiceName === undefined ? null : fqdnProblem(registryServiceName as string)
  if (problem !== null) judge.error('INVALID_HOST', [...path, 'registryServiceName'], problem)
  if (address !== undefined && !isIpAddress(address as string) && fqdnProblem(address as string) !== null)
    judge.error('INVALID_HOST', [...path, 'address'], `${address} is not a valid IP address or DNS name`)
  checkPort(port as number, [...path, 'port'], judge)
}
