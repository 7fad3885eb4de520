import type { HttpSettings, Listener } from '../../ir/proxy-config.ts'
import type { MeshConfig } from './mesh-config.ts'
import { haveUnusableKeys } from '../authentication/request-authentication.ts'

/**
 * Does Envoy take no listener with the settings, though istiod writes them down: keys that it cannot read, an authorizer that it cannot ask so, or what
 * EnvoyFilters have merged? Source: Envoy `HttpConnectionManagerConfig`, and the constraints of its proto.
 */
export function areSettingsRefused(settings: HttpSettings = {}): boolean {
  const { jwt, custom, stripsAnyPort = false, stripsMatchingPort = false, mostHeaderKib = leastHeaderKib, inserted = [] } = settings
  if (settings.mostHeaders === 0 || settings.localReplies?.isRefused || settings.isRefused || /[\0\n\r]/.test(settings.via ?? '')) return true
  if (haveUnusableKeys(jwt) || custom?.authorizer?.isRefused || (stripsAnyPort && stripsMatchingPort)) return true
  return mostHeaderKib < leastHeaderKib || mostHeaderKib > mostHeaderKibAtAll || inserted.some((filter) => filter.isRefused)
}

/** Has one of a listener's chains such settings? */
export function isListenerRefused({ filterChains, defaultFilterChain }: Pick<Listener, 'filterChains' | 'defaultFilterChain'>): boolean {
  return [...filterChains, defaultFilterChain].some((chain) => chain?.filter.kind === 'http' && areSettingsRefused(chain.filter.settings))
}

const leastHeaderKib = 1
const mostHeaderKibAtAll = 8192

/**
 * Does Envoy take none of the listeners that istiod makes for a sidecar? A time that is negative, and a port that there is not, break the rules of the messages
 * that all of them come in.
 */
export function areAllRefused({ protocolDetectionTimeoutMs, proxyInboundListenPort }: MeshConfig, httpProxyPort: number): boolean {
  return protocolDetectionTimeoutMs < 0 || [httpProxyPort, proxyInboundListenPort].some((port) => port < 0 || port > 65_535)
}
