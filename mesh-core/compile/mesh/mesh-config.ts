import { meshJson } from '../../config/istio/mesh-settings.ts'
import type { Resource } from '../../config/resource.ts'
import type { PathNormalization } from '../../ir/proxy-config.ts'
import { durationMs } from '../duration.ts'
import type { ProviderSpec } from '../authorization/authorizers.ts'
import type { ProxyDefaults } from './proxy-defaults.ts'
import type { ClientTls, LocalitySetting, PortPolicy, ZoneAwareSetting } from '../clusters/destination-rule-types.ts'
import type { HttpRetry } from '../rules/virtual-service-types.ts'

/** Of TLS that is not the mesh's own; curves say nothing to applications here. */
export interface TlsDefaults {
  readonly minProtocolVersion?: string
  readonly cipherSuites?: readonly string[]
  readonly ecdhCurves?: readonly string[]
}

/**
 * What becomes of requests to hosts that no rule and no service is for: 502; they go on to where they were going; or to where the name in Host leads (bytes
 * go on).
 */
export type OutboundMode = 'REGISTRY_ONLY' | 'ALLOW_ANY' | 'ALLOW_ANY_DYNAMIC_DNS'

export interface OutboundTrafficPolicy {
  readonly mode: OutboundMode
  /** Of connections by the name in Host. */
  readonly tls: ClientTls | undefined
}

/** The part of Istio's MeshConfig that is acted on, with istiod's defaults. Source: Istio `pkg/config/mesh/mesh.go` DefaultMeshConfig. */
export interface MeshConfig {
  readonly outboundTrafficPolicy: OutboundTrafficPolicy
  /** Sidecars reach ports of their workload that services lead to at the loopback. `inboundTrafficPolicy.mode: LOCALHOST`. */
  readonly dialsLoopback: boolean
  /** Of sidecars, for explicit proxies; 0 for none. */
  readonly proxyHttpPort: number
  readonly proxyInboundListenPort: number
  readonly defaultVirtualServiceExportTo: readonly string[]
  readonly defaultDestinationRuleExportTo: readonly string[]
  readonly defaultServiceExportTo: readonly string[]
  readonly defaultHttpRetryPolicy: HttpRetry | null
  readonly connectTimeout: string
  readonly rootNamespace: string
  readonly ingressClass: string
  /** STRICT: only Ingresses of the class; DEFAULT: those without any class too; OFF. */
  readonly ingressControllerMode: string
  readonly ingressSelector: string
  /** Whose addresses Ingresses are reached at; `''` for the Services of those pods. */
  readonly ingressService: string
  readonly enableAutoMtls: boolean
  readonly localityLbSetting: LocalitySetting
  /** Goes before it; `null` for none. */
  readonly zoneAwareLbSetting: ZoneAwareSetting | null
  /** Holds for every service, block by block, where its rule says nothing. */
  readonly defaultTrafficPolicy: Pick<PortPolicy, 'connectionPool' | 'outlierDetection'>
  readonly pathNormalization: PathNormalization
  readonly tlsDefaults: TlsDefaults
  /** Of its own mutual TLS. */
  readonly meshMtls: Pick<TlsDefaults, 'cipherSuites'>
  /** Of a sidecar towards its workload; `null` for istiod's own. */
  readonly defaultInboundHttpRetryPolicy: HttpRetry | null
  /** 0 for no limit. */
  readonly protocolDetectionTimeoutMs: number
  /** Of every proxy whose pod says nothing else. */
  readonly defaultConfig: ProxyDefaults
  /** Identities of these are the mesh's own, too. */
  readonly trustDomainAliases: readonly string[]
  /** Ports of HTTP/1.1 are spoken to in HTTP/2. */
  readonly upgradesToHttp2: boolean
  /** Names of those that metrics are for where no Telemetry says otherwise. */
  readonly metricsProviders: readonly string[]
  /** Of those that decide about requests. */
  readonly extensionProviders: readonly ProviderSpec[]
  /** Is the provider of this name one of Prometheus? */
  readonly countsForPrometheus: (provider: string) => boolean
}

export function meshConfigOf(resources: Iterable<Resource>): MeshConfig {
  let fields: Record<string, unknown> = {}
  for (const resource of resources) if (resource.kind === 'MeshConfig') fields = { ...fields, ...given(resource) }
  // Validated as MeshConfig when it was read.
  const config = fields as any
  return {
    outboundTrafficPolicy: outboundPolicy(config.outboundTrafficPolicy),
    dialsLoopback: config.inboundTrafficPolicy?.mode === 'LOCALHOST',
    proxyHttpPort: config.proxyHttpPort ?? 0,
    proxyInboundListenPort: config.proxyInboundListenPort ?? 15_006,
    defaultVirtualServiceExportTo: orPublic(config.defaultVirtualServiceExportTo),
    defaultDestinationRuleExportTo: orPublic(config.defaultDestinationRuleExportTo),
    defaultServiceExportTo: orPublic(config.defaultServiceExportTo),
    defaultHttpRetryPolicy: config.defaultHttpRetryPolicy ?? null,
    connectTimeout: config.connectTimeout ?? '10s',
    rootNamespace: config.rootNamespace ?? 'istio-system',
    ingressClass: config.ingressClass ?? 'istio',
    ingressControllerMode: config.ingressControllerMode ?? 'STRICT',
    ingressSelector: ingressSelector(config),
    ingressService: config.ingressService ?? '',
    enableAutoMtls: config.enableAutoMtls ?? true,
    localityLbSetting: config.localityLbSetting ?? { enabled: true },
    zoneAwareLbSetting: config.zoneAwareLbSetting ?? null,
    defaultTrafficPolicy: config.defaultTrafficPolicy ?? {},
    tlsDefaults: config.tlsDefaults ?? {},
    meshMtls: config.meshMTLS ?? {},
    defaultInboundHttpRetryPolicy: config.defaultInboundHttpRetryPolicy ?? null,
    protocolDetectionTimeoutMs: durationMs(config.protocolDetectionTimeout ?? '0s'),
    defaultConfig: config.defaultConfig ?? {},
    trustDomainAliases: config.trustDomainAliases ?? [],
    upgradesToHttp2: config.h2UpgradePolicy === 'UPGRADE',
    pathNormalization: normalization(config.pathNormalization?.normalization),
    metricsProviders: config.defaultProviders?.metrics ?? ['prometheus'],
    extensionProviders: config.extensionProviders ?? [],
    countsForPrometheus: prometheusAmong(config.extensionProviders ?? []),
  }
}

/** One of that name there is in every mesh. Source: Istio `pkg/config/mesh/mesh.go` DefaultMeshConfig, `model/telemetry.go` fetchProvider. */
function prometheusAmong(providers: readonly { readonly name?: string; readonly prometheus?: object }[]): MeshConfig['countsForPrometheus'] {
  const byName = new Map(providers.map(({ name = '', prometheus }) => [name.toLowerCase(), prometheus !== undefined]))
  return (provider) => byName.get(provider.toLowerCase()) ?? provider.toLowerCase() === 'prometheus'
}

/** In one spelling; of `defaultConfig` istiod reads no other. Source: Istio `pkg/config/mesh/mesh.go` ApplyMeshConfig. */
function given({ object }: Resource): Record<string, unknown> {
  const { default_config: _, ...fields } = object
  return meshJson().canonical('istio.mesh.v1alpha1.MeshConfig', fields)
}

/** One that is given is a whole one, whose mode is REGISTRY_ONLY, the 0 of its enumeration, unless it says otherwise. Source: the same function. */
function outboundPolicy(given?: Partial<OutboundTrafficPolicy>): OutboundTrafficPolicy {
  return { mode: given ? (given.mode ?? 'REGISTRY_ONLY') : 'ALLOW_ANY', tls: given?.tls }
}

/** DEFAULT is BASE. Source: Istio `core/listener_builder.go` buildHTTPConnectionManager. */
function normalization(mode: string | undefined): PathNormalization {
  return mode === 'NONE' || mode === 'MERGE_SLASHES' || mode === 'DECODE_AND_MERGE_SLASHES' ? mode : 'BASE'
}

/** A list without entries is none to protobuf. */
function orPublic(exportTo: readonly string[] | undefined): readonly string[] {
  return exportTo && exportTo.length > 0 ? exportTo : ['*']
}

/** The label `istio` of the pods that serve Ingresses. Source: Istio `config/kube/ingress/conversion.go` getIngressGatewaySelector. */
function ingressSelector({
  ingressSelector: own = '',
  ingressService = '',
}: {
  readonly ingressSelector?: string
  readonly ingressService?: string
}): string {
  if (own !== '') return own
  return ingressService === 'istio-ingressgateway' || ingressService === '' ? 'ingressgateway' : ingressService
}
