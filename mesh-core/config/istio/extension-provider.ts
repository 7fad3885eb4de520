import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { checkPort, fqdnProblem, isIpAddress } from './names.ts'
import { egressHostProblems } from './sidecar.ts'

/** `host`, an address, or `namespace/host`. Source: Istio validateExtensionProviderService */
export function checkProviderService(service: string, path: FieldPath, judge: Judge): void {
  const problem =
    service === ''
      ? 'service must not be empty'
      : service.includes('/')
        ? (egressHostProblems(service)[0] ?? null)
        : isIpAddress(service)
          ? null
          : fqdnProblem(service)
  if (problem !== null) judge.error('INVALID_HOST', path, problem)
}

/** What all that are services have. Source: Istio `pkg/config/validation/agent/extensionprovider.go` */
export function checkProvider(provider: Fields, path: FieldPath, judge: Judge): void {
  checkProviderService((provider.service as string) ?? '', [...path, 'service'], judge)
  checkPort((provider.port as number) ?? 0, [...path, 'port'], judge)
}

export function checkLightstep(provider: Fields, path: FieldPath, judge: Judge): void {
  checkProvider(provider, path, judge)
  if (!provider.accessToken) judge.error('SCHEMA_REQUIRED', [...path, 'accessToken'], 'access token is required')
}

export function checkOpenTelemetry(provider: Fields, path: FieldPath, judge: Judge): void {
  checkProvider(provider, path, judge)
  if (provider.grpc !== undefined && provider.http !== undefined)
    judge.error('CONFLICTING_FIELDS', [...path, 'http'], 'OpenTelemetryTracingProvider cannot specify both grpc and http')
}

/** Kinds of providers that are a service, with what else there is to check. */
const services: Readonly<Record<string, (provider: Fields, path: FieldPath, judge: Judge) => void>> = {
  zipkin: checkProvider,
  datadog: checkProvider,
  opencensus: checkProvider,
  skywalking: checkProvider,
  lightstep: checkLightstep,
  opentelemetry: checkOpenTelemetry,
  envoyHttpAls: checkProvider,
  envoyTcpAls: checkProvider,
  envoyOtelAls: checkProvider,
  envoyExtAuthzHttp: checkProvider,
  envoyExtAuthzGrpc: checkProvider,
}

/** One of `extensionProviders`. Source: Istio `pkg/config/validation/agent/extensionprovider.go` validateExtensionProvider */
export function checkExtensionProvider(provider: Fields, path: FieldPath, judge: Judge): void {
  if (!provider.name) judge.error('SCHEMA_REQUIRED', [...path, 'name'], 'a provider needs a name')
  for (const [kind, check] of Object.entries(services)) if (provider[kind]) check(provider[kind] as Fields, [...path, kind], judge)
}
