import type { Draw } from '../draw.ts'
import { connectionSettings } from './connection-settings.ts'
import type { Json } from './matches.ts'
import { retries } from './policies.ts'
import { connectionPool } from './traffic-policies.ts'

/** Fields of MeshConfig that act on traffic, one or two at a time. */
export function meshConfigFor(draw: Draw): Json {
  return Object.assign({}, ...draw.some(settings, 1, 2).map((make) => make(draw))) as Json
}

const visibility = [['.'], ['*']]

const forwarding = ['SANITIZE', 'FORWARD_ONLY', 'APPEND_FORWARD', 'SANITIZE_SET', 'ALWAYS_FORWARD_ONLY']

const proxyHeaders: readonly ((draw: Draw) => Json)[] = [
  (draw) => ({ forwardedClientCert: draw.one(forwarding) }),
  (draw) => ({ setCurrentClientCertDetails: { subject: draw.chance(0.5), uri: draw.chance(0.5), dns: draw.chance(0.5) } }),
  (draw) => ({ server: draw.one<Json>([{ disabled: true }, { value: 'mine' }]) }),
  () => ({ requestId: { disabled: true } }),
  () => ({ attemptCount: { disabled: true } }),
  () => ({ envoyDebugHeaders: { disabled: true } }),
  () => ({ xForwardedHost: { enabled: true } }),
  () => ({ xForwardedPort: { enabled: true } }),
]

/** @returns of the whole mesh */
export function outboundTrafficPolicy(draw: Draw): Json {
  const mode = draw.one(['REGISTRY_ONLY', 'ALLOW_ANY', 'ALLOW_ANY_DYNAMIC_DNS', 'ALLOW_ANY_DYNAMIC_DNS'])
  const tls = (): Json => ({ mode: draw.one(['SIMPLE', 'DISABLE']), ...draw.maybe(0.3, () => ({ insecureSkipVerify: true })) })
  // Without a mode it is not that of a mesh that has none.
  return { ...draw.maybe(0.95, () => ({ mode })), ...draw.maybe(mode === 'ALLOW_ANY_DYNAMIC_DNS' ? 0.3 : 0.1, () => ({ tls: tls() })) }
}

const settings: readonly ((draw: Draw) => Json)[] = [
  (draw) => ({ outboundTrafficPolicy: outboundTrafficPolicy(draw) }),
  (draw) => ({ defaultVirtualServiceExportTo: draw.one(visibility) }),
  (draw) => ({ defaultDestinationRuleExportTo: draw.one(visibility) }),
  (draw) => ({ defaultServiceExportTo: draw.one(visibility) }),
  (draw) => ({
    defaultHttpRetryPolicy: draw.one<Json>([
      { attempts: 0 },
      { attempts: 1, retryOn: '503' },
      { attempts: 3, retryOn: '5xx,reset' },
      { ...retries(draw), ...draw.maybe(0.5, () => ({ backoff: '10ms', retryRemoteLocalities: true })) },
    ]),
  }),
  () => ({ connectTimeout: '3s' }),
  (draw) => ({ h2UpgradePolicy: draw.one(['UPGRADE', 'DO_NOT_UPGRADE']) }),
  (draw) => ({ rootNamespace: draw.one(['istio-system', 'other']) }),
  (draw) => ({
    enableAutoMtls: draw.chance(0.5),
    ...draw.maybe(0.5, () => ({ inboundTrafficPolicy: { mode: draw.one(['LOCALHOST', 'PASSTHROUGH']) } })),
  }),
  (draw) => ({ pathNormalization: { normalization: draw.one(['NONE', 'BASE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES']) } }),
  (draw) => ({ localityLbSetting: { enabled: draw.chance(0.5) } }),
  (draw) => ({ defaultTrafficPolicy: { connectionPool: connectionPool(draw) } }),
  (draw) => ({ defaultTrafficPolicy: { connectionPool: connectionPool(draw) }, connectTimeout: '4s' }),
  // It ejects nobody, and says that ill endpoints are told.
  (draw) => ({
    defaultTrafficPolicy: { outlierDetection: { consecutive5xxErrors: 0, consecutiveGatewayErrors: 0, minHealthPercent: draw.one([0, 50]) } },
  }),
  (draw) => ({
    defaultInboundHttpRetryPolicy: draw.one<Json>([
      { attempts: 0 },
      { attempts: 1, retryOn: '5xx' },
      { attempts: 2, retryOn: 'reset,503', backoff: '10ms' },
      { attempts: 1 },
    ]),
  }),
  (draw) => ({
    tlsDefaults: draw.one<Json>([{ minProtocolVersion: draw.one(['TLSV1_2', 'TLSV1_3']) }, { cipherSuites: ['ECDHE-ECDSA-AES256-GCM-SHA384'] }]),
  }),
  (draw) => ({ ingressControllerMode: draw.one(['OFF', 'DEFAULT', 'STRICT']), ...draw.maybe(0.5, () => ({ ingressClass: 'istio' })) }),
  () => ({ ingressSelector: 'ingressgateway', ingressService: 'istio-ingressgateway' }),
  (draw) => ({ defaultConfig: { gatewayTopology: { numTrustedProxies: draw.one([1, 2]) } } }),
  (draw) => ({ defaultConfig: { gatewayTopology: { forwardClientCertDetails: draw.one(forwarding) } } }),
  () => ({ defaultConfig: { gatewayTopology: { proxyProtocol: {} } } }),
  (draw) => ({ defaultConfig: { connectionSettings: connectionSettings(draw) } }),
  (draw) => ({ serviceEntryVisibility: { applyToSidecars: draw.chance(0.8), defaultVisibility: draw.one(['PUBLIC', 'NAMESPACE', 'NONE']) } }),
  (draw) => ({ defaultConfig: { proxyHeaders: Object.assign({}, ...draw.some(proxyHeaders, 1, 3).map((make) => make(draw))) as Json } }),
]
