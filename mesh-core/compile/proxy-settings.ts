import { meshJson } from '../config/istio/mesh-settings.ts'
import { proxyConfigOf } from '../config/proxy-config-annotation.ts'
import type { HttpSettings } from '../ir/proxy-config.ts'
import type { WorkloadInstance } from '../registry/registry.ts'
import type { MeshConfig } from './mesh-config.ts'

/** The part of Istio's `mesh/v1alpha1` ProxyConfig that is acted on. */
export interface ProxyDefaults {
  readonly gatewayTopology?: { readonly numTrustedProxies?: number }
}

/** Field by field what the pod's annotation says goes before what the mesh says. Source: Istio `pkg/config/mesh/mesh.go` applyProxyConfig. */
export function proxyDefaultsOf({ annotations }: WorkloadInstance, mesh: MeshConfig): ProxyDefaults {
  const own = proxyConfigOf(annotations)
  if (!own) return mesh.defaultConfig
  return { ...mesh.defaultConfig, ...meshJson().canonical('istio.mesh.v1alpha1.ProxyConfig', own) }
}

/** Source: Istio `core/gateway.go` buildGatewayConnectionManager. */
export function gatewaySettings(workload: WorkloadInstance, mesh: MeshConfig): { readonly settings?: HttpSettings } {
  const { numTrustedProxies = 0 } = proxyDefaultsOf(workload, mesh).gatewayTopology ?? {}
  return numTrustedProxies > 0 ? { settings: { trustedProxies: numTrustedProxies } } : {}
}
