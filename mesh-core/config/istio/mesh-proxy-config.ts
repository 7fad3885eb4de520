import { durationMs } from '../duration.ts'
import type { FieldPath } from '../finding.ts'
import { checkProxyAddress } from './addresses.ts'
import { checkDuration } from './durations.ts'
import type { Fields, Judge } from './judge.ts'
import { checkPort } from './names.ts'
import { checkClientTls } from './traffic-policy.ts'

/** `defaultConfig` of MeshConfig, with its defaults filled in. Source: Istio ValidateMeshConfigProxyConfig */
export function checkMeshProxyConfig(config: Fields, path: FieldPath, judge: Judge): void {
  for (const field of ['configPath', 'binaryPath']) if (!config[field]) judge.error('SCHEMA_REQUIRED', [...path, field], `${field} must be set`)
  if (config.serviceCluster === '') judge.error('SCHEMA_REQUIRED', [...path, 'serviceCluster'], 'service cluster must be specified')
  else if (config.serviceCluster === undefined && config.tracingServiceName === undefined)
    judge.error('SCHEMA_REQUIRED', [...path, 'serviceCluster'], 'oneof service cluster or tracing service name must be specified')
  checkDrainDuration(config.drainDuration, [...path, 'drainDuration'], judge)
  if (!config.discoveryAddress)
    judge.error('SCHEMA_REQUIRED', [...path, 'discoveryAddress'], 'discovery address must be set to the proxy discovery service')
  else checkProxyAddress(config.discoveryAddress as string, [...path, 'discoveryAddress'], judge)
  checkTracing(config.tracing, [...path, 'tracing'], judge)
  checkServices(config, path, judge)
  checkPort((config.proxyAdminPort as number) ?? 0, [...path, 'proxyAdminPort'], judge)
  checkControlPlaneAuthPolicy(config.controlPlaneAuthPolicy ?? 'NONE', [...path, 'controlPlaneAuthPolicy'], judge)
  checkPort((config.statusPort as number) ?? 0, [...path, 'statusPort'], judge)
  checkPrivateKeyProvider(config.privateKeyProvider, [...path, 'privateKeyProvider'], judge)
  checkConnectionSettings(config.connectionSettings, [...path, 'connectionSettings'], judge)
}

function checkServices(config: Fields, path: FieldPath, judge: Judge): void {
  for (const field of ['statsdUdpAddress', 'envoyMetricsServiceAddress'])
    if (config[field]) checkProxyAddress(config[field] as string, [...path, field], judge)
  for (const field of ['envoyMetricsService', 'envoyAccessLogService'])
    if (config[field]?.address) checkProxyAddress(config[field].address as string, [...path, field, 'address'], judge)
}

/** Whole seconds. Source: Istio ValidateDrainDuration */
export function checkDrainDuration(text: string | undefined, path: FieldPath, judge: Judge): void {
  const before = judge.errors.length
  checkDuration(text ?? '0s', path, judge)
  if (judge.errors.length === before && (durationMs(text ?? '0s') ?? 0) % 1000 !== 0)
    judge.error('INVALID_DURATION', path, 'drain time only supports durations to seconds precision')
}

function checkTracing(tracing: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!tracing) return
  if (tracing.lightstep) {
    checkProxyAddress((tracing.lightstep.address as string) ?? '', [...path, 'lightstep', 'address'], judge)
    if (!tracing.lightstep.accessToken) judge.error('SCHEMA_REQUIRED', [...path, 'lightstep', 'accessToken'], 'access token is required')
  }
  // The address of the node is put in when the proxy starts.
  for (const tracer of ['zipkin', 'datadog'])
    if (tracing[tracer])
      checkProxyAddress(((tracing[tracer].address as string) ?? '').replace('$(HOST_IP)', '127.0.0.1'), [...path, tracer, 'address'], judge)
  checkClientTls(tracing.tlsSettings, '', [...path, 'tlsSettings'], judge)
  for (const [name, tag] of Object.entries((tracing.customTags ?? {}) as Fields))
    if (tag === null) judge.error('SCHEMA_TYPE', [...path, 'customTags', name], `encountered nil value for custom tag: ${name}`)
}

/** By name, or by number. Source: Istio ValidateControlPlaneAuthPolicy */
export function checkControlPlaneAuthPolicy(policy: unknown, path: FieldPath, judge: Judge): void {
  if (!['NONE', 'MUTUAL_TLS', 0, 1].includes(policy as string))
    judge.error('INVALID_VALUE', path, `unrecognized control plane auth policy ${JSON.stringify(policy)}`)
}

function checkPrivateKeyProvider(provider: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!provider) return
  const name = ['cryptomb', 'qat'].find((known) => provider[known] !== undefined)
  if (name === undefined) return judge.error('SCHEMA_REQUIRED', path, 'private key provider configuration is required')
  const delay = provider[name]?.pollDelay as string | undefined
  if (delay === undefined) judge.error('SCHEMA_REQUIRED', [...path, name, 'pollDelay'], 'pollDelay is required')
  else if (durationMs(delay) === 0) judge.error('INVALID_DURATION', [...path, name, 'pollDelay'], 'pollDelay must be non zero')
}

const maxInt32 = 2 ** 31 - 1
/** Smallest and greatest of what Envoy takes. */
const bounds: Readonly<Record<string, readonly [number, number]>> = {
  listenerPerConnectionBufferLimitBytes: [0, 2 ** 32 - 1],
  clusterPerConnectionBufferLimitBytes: [0, 2 ** 32 - 1],
  httpMaxConcurrentStreams: [1, maxInt32],
  http2InitialStreamWindowSize: [65_535, maxInt32],
  http2InitialConnectionWindowSize: [65_535, maxInt32],
}

/** Source: Istio validateConnectionSettings, and the bounds of Envoy's Http2ProtocolOptions */
export function checkConnectionSettings(settings: Fields | undefined, path: FieldPath, judge: Judge): void {
  for (const [field, value] of Object.entries(settings ?? {})) {
    const [least, greatest] = bounds[field] ?? []
    if (least !== undefined && greatest !== undefined && (Number(value) < least || Number(value) > greatest))
      judge.error('INVALID_VALUE', [...path, field], `must be from ${least} to ${greatest}, and is ${String(value)}`)
    if (/Timeout$/.test(field) && durationMs(String(value)) !== 0) checkDuration(String(value), [...path, field], judge)
  }
}
