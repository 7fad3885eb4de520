import { anyConnection } from '../../ir/proxy-config.ts'
import type { FilterChain } from '../../ir/proxy-config.ts'
import type { SidecarScope } from './sidecar-scope.ts'

/** The cluster that looks up the name in Host for each request. Source: Istio `networking/util` AllowAnyDynamicDNSCluster. */
export const byNameInHost = 'AllowAnyDynamicDNSCluster'

/** The route table, and route, of HTTP that no listener is for. Source: the same file, AllowAnyDynamicDNS. */
export const unknownHttpTable = 'allow_any_dynamic_dns'

/** Takes what no rule and no service is for. Source: Istio `core/listener_builder.go` buildOutboundCatchAllNetworkFiltersOnly. */
export function unknownTraffic({ unknownTo }: Pick<SidecarScope, 'unknownTo'>): FilterChain {
  const clusters = [{ cluster: unknownTo, weight: 1 }]
  return { ...anyConnection, name: 'PassthroughFilterChain', tls: null, filter: { kind: 'tcp', clusters, origin: null } }
}
