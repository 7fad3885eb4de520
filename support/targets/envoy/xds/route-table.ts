import type { Route, RouteTable, VirtualHost } from '../../../../mesh-core/ir/route.ts'
import { filtersBeside } from './filters-of-route.ts'
import { headerOperations } from './header-mutation.ts'
import { given, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import type { Placement } from './placement.ts'
import { routeAction } from './route-action.ts'
import { perFilterConfig } from './route-filters.ts'
import { routeMatch } from './route-match.ts'

/** Source: Envoy `RouteConfiguration`, with the fields that istiod sets. */
export function routeConfiguration(table: RouteTable, placement: Placement): Json {
  return typed('envoy.config.route.v3.RouteConfiguration', {
    name: placement.routeTable(table.name),
    virtual_hosts: table.virtualHosts.map((host) => virtualHost(host, placement, host.countsAttempts ?? table.countsAttempts !== false)),
    validate_clusters: false,
    max_direct_response_body_size_bytes: 1_048_576,
    ignore_port_in_host_matching: table.ignorePortInHost,
    ...given('typed_per_filter_config', filtersBeside(table)),
    ...headersOf(table, placement),
    ...optional('most_specific_header_mutations_wins', table.mostSpecificHeadersWin),
  })
}

function headersOf({ headers }: Pick<VirtualHost, 'headers'>, placement: Placement): Json {
  return headers ? headerOperations(headers.request, headers.response, placement.formats) : {}
}

function virtualHost(host: VirtualHost, placement: Placement, countsAttempts: boolean): Json {
  const { name, domains, routes, requireTls, tellsAttempts } = host
  return {
    name,
    domains,
    ...optional(
      'routes',
      routes.map((route) => routeEntry(route, placement)),
    ),
    ...(requireTls ? { require_tls: 'ALL' } : {}),
    ...given('typed_per_filter_config', filtersBeside(host)),
    ...headersOf(host, placement),
    ...optional('include_attempt_count_in_response', tellsAttempts),
    ...(countsAttempts ? { include_request_attempt_count: true } : {}),
  }
}

function routeEntry(route: Route, placement: Placement): Json {
  return {
    ...optional('name', route.name || null),
    match: routeMatch(route.match),
    ...routeAction(route.action, placement),
    ...headerOperations(route.requestHeaders, route.responseHeaders, placement.formats),
    ...optional('stat_prefix', route.statPrefix),
    ...perFilterConfig(route),
  }
}
