import { anyConnection } from '../ir/proxy-config.ts'
import type { FilterChain } from '../ir/proxy-config.ts'
import type { SidecarScope } from './sidecar-scope.ts'

/** Takes what no rule and no service is for. Source: Istio `core/listener_builder.go` buildOutboundCatchAllNetworkFiltersOnly. */
export function unknownTraffic({ allowAny }: Pick<SidecarScope, 'allowAny'>): FilterChain {
  const cluster = allowAny ? 'PassthroughCluster' : 'BlackHoleCluster'
  return { ...anyConnection, name: 'PassthroughFilterChain', tls: null, filter: { kind: 'tcp', clusters: [{ cluster, weight: 1 }], origin: null } }
}
