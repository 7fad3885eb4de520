import { anyConnection } from '../ir/proxy-config.ts'
import type { FilterChain } from '../ir/proxy-config.ts'
import type { SidecarScope } from './sidecar-scope.ts'

/** Takes what no rule and no service is for. Source: Istio `core/listener_builder.go` buildOutboundCatchAllNetworkFiltersOnly. */
export function unknownTraffic({ unknownTo }: Pick<SidecarScope, 'unknownTo'>): FilterChain {
  const clusters = [{ cluster: unknownTo, weight: 1 }]
  return { ...anyConnection, name: 'PassthroughFilterChain', tls: null, filter: { kind: 'tcp', clusters, origin: null } }
}
