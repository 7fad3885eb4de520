import { isNone } from '../../envoy/header-mutations.ts'
import type { InboundPort } from '../../ir/inbound-port.ts'
import type { ForwardAction } from '../../ir/route.ts'
import type { EnvoyPatch } from './envoy-filters.ts'
import { toldByAll, type ToldFilters } from './route-filter-patches.ts'
import { headersOf, isForHost, isForRoute, isForTable, ofKind, saysMostSpecificWins, tlsAfter, type TableName } from './route-patches.ts'

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

/** The nearest first. Towards its own workload a sidecar has one route for everything. Source: Istio `core/httproute.go` buildSidecarInboundHTTPRouteConfig. */
function levelsOf(patches: readonly EnvoyPatch[], place: InboundRoute): readonly (readonly EnvoyPatch[])[] {
  const own = patches.filter((patch) => isForInbound(patch, place))
  const isForIt = (patch: EnvoyPatch): boolean => isForRoute(patch, { name: 'default', action: { kind: 'forward' } as ForwardAction })
  return [ofKind(own, 'HTTP_ROUTE').filter(isForIt), ofKind(own, 'VIRTUAL_HOST'), ofKind(own, 'ROUTE_CONFIGURATION')]
}

export function inboundHeaders(patches: readonly EnvoyPatch[], place: InboundRoute): Pick<InboundPort, 'headers' | 'mostSpecificHeadersWin'> {
  const levels = levelsOf(patches, place)
  const headers = levels.map(headersOf)
  if (headers.every(isNone)) return {}
  return { headers, ...(levels.at(-1)!.some(saysMostSpecificWins) && { mostSpecificHeadersWin: true }) }
}

/** The nearest that says something of rates, and of faults. */
export function inboundFilters(patches: readonly EnvoyPatch[], place: InboundRoute): InboundFilters {
  const levels = levelsOf(patches, place).map(toldByAll)
  const filters = levels.map((level) => level.filters).filter((own) => own !== undefined)
  const rateLimit = levels.find((level) => level.rateLimit !== undefined)?.rateLimit
  const fault = levels.find((level) => level.fault !== undefined)?.fault
  return {
    ...(filters.length > 0 && { filters }),
    ...(rateLimit && { rateLimit }),
    ...(fault && { fault }),
    refusal: levels.find(({ refusal }) => refusal !== null)?.refusal ?? null,
  }
}

type InboundFilters = Pick<InboundPort, 'filters' | 'rateLimit' | 'fault'> & Pick<ToldFilters, 'refusal'>
