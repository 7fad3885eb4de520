import type { ForwardAction } from '../../ir/route.ts'
import { inTurn, type HeaderMutations } from '../../envoy/header-mutations.ts'
import type { EnvoyPatch } from './envoy-filters.ts'
import type { limitOfRoute } from './rate-limit-patches.ts'
import { headersOf, isForHost, isForRoute, isForTable, isNone, lastLimit, ofKind, tlsAfter, type TableName } from './route-patches.ts'

interface InboundRoute {
  readonly cluster: string
  readonly virtualHost: string
  readonly port: number
}

function isForInbound(patch: EnvoyPatch, { cluster, virtualHost, port }: InboundRoute): boolean {
  const name: TableName = { name: cluster, portName: '', gateway: '', hasPort: (number) => number === port }
  return isForTable(patch.match, name) && isForHost(patch, { name: virtualHost, domains: ['*'] })
}

export function inboundRequiresTls(patches: readonly EnvoyPatch[], place: InboundRoute): boolean {
  return tlsAfter(
    false,
    ofKind(patches, 'VIRTUAL_HOST').filter((patch) => isForInbound(patch, place)),
  )
}

/** Towards its own workload a sidecar has one route for everything. Source: Istio `core/httproute.go` buildSidecarInboundHTTPRouteConfig. */
export function inboundHeaders(patches: readonly EnvoyPatch[], place: InboundRoute): HeaderMutations | null {
  const own = patches.filter((patch) => isForInbound(patch, place))
  const isForIt = (patch: EnvoyPatch): boolean => isForRoute(patch, { name: 'default', action: { kind: 'forward' } as ForwardAction })
  const levels = [ofKind(own, 'HTTP_ROUTE').filter(isForIt), ofKind(own, 'VIRTUAL_HOST'), ofKind(own, 'ROUTE_CONFIGURATION')]
  const found = levels.map(headersOf).reduce(inTurn)
  return isNone(found) ? null : found
}

/** The nearest that says something of rates. */
export function inboundLimit(patches: readonly EnvoyPatch[], place: InboundRoute): ReturnType<typeof limitOfRoute> {
  const own = patches.filter((patch) => isForInbound(patch, place))
  const isForIt = (patch: EnvoyPatch): boolean => isForRoute(patch, { name: 'default', action: { kind: 'forward' } as ForwardAction })
  const levels = [ofKind(own, 'HTTP_ROUTE').filter(isForIt), ofKind(own, 'VIRTUAL_HOST'), ofKind(own, 'ROUTE_CONFIGURATION')]
  return levels.map(lastLimit).find(({ rateLimit }) => rateLimit !== undefined) ?? { refusal: null }
}
