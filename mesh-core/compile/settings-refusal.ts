import type { HttpSettings } from '../ir/proxy-config.ts'
import type { MeshConfig } from './mesh-config.ts'
import { haveUnusableKeys } from './request-authentication.ts'

/** Does Envoy take no listener with the settings, though istiod writes them down: keys that it cannot read, or an authorizer that it cannot ask so? */
export function areSettingsRefused({ jwt, custom }: HttpSettings = {}): boolean {
  return haveUnusableKeys(jwt) || custom?.authorizer?.isRefused === true
}

/**
 * Does Envoy take none of the listeners that istiod makes for a sidecar? A time that is negative, and a port that there is not, break the rules of the messages
 * that all of them come in.
 */
export function areAllRefused({ protocolDetectionTimeoutMs, proxyInboundListenPort }: MeshConfig, httpProxyPort: number): boolean {
  return protocolDetectionTimeoutMs < 0 || [httpProxyPort, proxyInboundListenPort].some((port) => port < 0 || port > 65_535)
}
