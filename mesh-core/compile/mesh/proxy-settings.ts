import { meshJson } from '../../config/istio/mesh-settings.ts'
import { proxyConfigOf } from '../../config/proxy-config-annotation.ts'
import type { ForwardClientCert, HttpSettings } from '../../ir/proxy-config.ts'
import type { RouteTable } from '../../ir/route.ts'
import type { WorkloadInstance } from '../../registry/registry.ts'
import { connectionSettings } from '../clusters/connection-settings.ts'
import type { MeshConfig } from './mesh-config.ts'
import type { ProxyDefaults, ProxyHeaders } from './proxy-defaults.ts'

/** Where a sidecar is an explicit proxy; 0 for nowhere. Source: Istio `core/listener.go` buildHTTPProxy. */
export function httpProxyPort(workload: WorkloadInstance, mesh: MeshConfig): number {
  const own = proxyDefaultsOf(workload, mesh).proxyMetadata?.['ISTIO_META_HTTP_PROXY_PORT'] ?? ''
  return /^\d+$/.test(own) ? Number(own) : mesh.proxyHttpPort
}

/** Field by field, those of `proxyHeaders` and `proxyMetadata` too, what the pod's annotation says goes before what the mesh says. Source: Istio `pkg/config/mesh/mesh.go` applyProxyConfig. */
export function proxyDefaultsOf({ annotations }: WorkloadInstance, mesh: MeshConfig): ProxyDefaults {
  const given = annotatedWith(annotations)
  if (!given) return mesh.defaultConfig
  const proxyHeaders = { ...mesh.defaultConfig.proxyHeaders, ...given.proxyHeaders }
  const proxyMetadata = { ...mesh.defaultConfig.proxyMetadata, ...given.proxyMetadata }
  return { ...mesh.defaultConfig, ...given, proxyHeaders, proxyMetadata }
}

/** Read once for each pod: every rule of its routes asks. */
const annotated = new WeakMap<WorkloadInstance['annotations'], ProxyDefaults | null>()

function annotatedWith(annotations: WorkloadInstance['annotations']): ProxyDefaults | null {
  let given = annotated.get(annotations)
  if (given === undefined) {
    const own = proxyConfigOf(annotations)
    given = own ? meshJson().canonical('istio.mesh.v1alpha1.ProxyConfig', own) : null
    annotated.set(annotations, given)
  }
  return given
}

/** Source: Istio `core/gateway.go` buildGatewayConnectionManager, which passes `forwardedClientCert` over. */
export function gatewaySettings(workload: WorkloadInstance, mesh: MeshConfig): HttpSettings {
  const defaults = proxyDefaultsOf(workload, mesh)
  const { gatewayTopology: { numTrustedProxies = 0, forwardClientCertDetails } = {}, proxyHeaders } = defaults
  return {
    ...(numTrustedProxies > 0 && { trustedProxies: numTrustedProxies }),
    ...clientCert(forwardClientCertDetails),
    ...outboundSettings(proxyHeaders),
    ...versions(defaults),
    ...connectionSettings(defaults.connectionSettings, true),
  }
}

/** Source: Istio `core/gateway.go` buildGatewayListeners, needPROXYProtocol. */
export function wantsProxyProtocol(workload: WorkloadInstance, mesh: MeshConfig): boolean {
  return Boolean(proxyDefaultsOf(workload, mesh).gatewayTopology?.proxyProtocol)
}

/** Of a sidecar towards its workload. Source: Istio `core/listener_inbound.go`, `networking/util/proxy_headers.go`. */
export function inboundSettings(workload: WorkloadInstance, mesh: MeshConfig): HttpSettings {
  const defaults = proxyDefaultsOf(workload, mesh)
  const { proxyHeaders = {} } = defaults
  const { subject = true, uri = true, dns = true } = proxyHeaders.setCurrentClientCertDetails ?? {}
  const isUsual = subject && uri && dns
  return {
    ...clientCert(proxyHeaders.forwardedClientCert),
    ...(!isUsual && { clientCertDetails: { subject, uri, dns } }),
    ...outboundSettings(proxyHeaders),
    ...versions(defaults),
    ...connectionSettings(defaults.connectionSettings, false),
  }
}

function clientCert(mode: ForwardClientCert | 'UNDEFINED' = 'UNDEFINED'): HttpSettings {
  return mode === 'UNDEFINED' ? {} : { forwardClientCert: mode }
}

export function sidecarSettings(workload: WorkloadInstance, mesh: MeshConfig): HttpSettings {
  const defaults = proxyDefaultsOf(workload, mesh)
  return { ...outboundSettings(defaults.proxyHeaders), ...versions(defaults), ...connectionSettings(defaults.connectionSettings, false) }
}

/** Source: Istio `core/listener.go` enableHTTP10. */
function versions({ proxyMetadata }: ProxyDefaults): HttpSettings {
  return proxyMetadata?.['ISTIO_META_HTTP10'] === '1' ? { acceptsHttp10: true } : {}
}

function outboundSettings({ server, requestId, envoyDebugHeaders, xForwardedPort }: ProxyHeaders = {}): HttpSettings {
  return {
    ...(server?.disabled ? { server: null } : server?.value ? { server: server.value } : {}),
    ...(requestId?.disabled && { requestIds: false as const }),
    ...(envoyDebugHeaders?.disabled && { envoyHeaders: false as const }),
    ...(xForwardedPort?.enabled && { forwardedPort: true as const }),
  }
}

/** Routes that rewrite the host tell it by `x-forwarded-host`. */
export function tellsForwardedHost({ proxyHeaders }: ProxyDefaults): boolean {
  return proxyHeaders?.xForwardedHost?.enabled === true
}

/** Of the route tables of a proxy. Source: Istio `core/httproute.go` GetProxyHeadersFromProxyConfig. */
export function attemptCounting({ proxyHeaders }: ProxyDefaults): Pick<RouteTable, 'countsAttempts'> {
  return proxyHeaders?.attemptCount?.disabled === true ? { countsAttempts: false } : {}
}

/** Left out where there are none. */
export function withSettings(settings: HttpSettings): { readonly settings?: HttpSettings } {
  return Object.keys(settings).length === 0 ? {} : { settings }
}
