import type { RateLimit, Route, RouteTable, VirtualHost } from '../../ir/route.ts'

/** What a route says of rates, or its host, or its table, and whose bucket that is. */
export interface RouteLimit {
  readonly owner: string
  readonly limit: RateLimit
}

/** The nearest of them. @param pod names the proxy. Source: Envoy `Http::Utility::resolveMostSpecificPerFilterConfig`. */
export function routeLimit(pod: string, table: RouteTable, host: VirtualHost, route: Route): RouteLimit | null {
  const ofTable = `${pod} table ${table.name}`
  const ofHost = `${ofTable} host ${host.name}`
  if (route.rateLimit) return { owner: `${ofHost} route ${host.routes.indexOf(route)}`, limit: route.rateLimit }
  if (host.rateLimit) return { owner: ofHost, limit: host.rateLimit }
  return table.rateLimit ? { owner: ofTable, limit: table.rateLimit } : null
}
