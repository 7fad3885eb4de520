import type { HttpRequest } from '../ir/message.ts'
import type { Route, RouteTable, VirtualHost } from '../ir/route.ts'
import { indexDomains } from './domains.ts'
import type { FindRoute } from './route-list.ts'
import { compileRouteList, SharedConditions } from './route-list.ts'

export interface CompiledVirtualHost<R> {
  readonly config: VirtualHost
  /** What `compileRoute` made of each route, in order. */
  readonly routes: readonly R[]
  /** Index of the first route that takes the request; -1 for none. `path` is without the query. */
  findRoute(request: HttpRequest, path: string): number
}

export interface CompiledRouteTable<R> {
  readonly config: RouteTable
  findVirtualHost(authority: string): CompiledVirtualHost<R> | null
}

/** A table of thousands of hosts serves few of them, so a host's routes are compiled when it is first asked for. */
export function compileRouteTable<R>(table: RouteTable, compileRoute: (route: Route) => R): CompiledRouteTable<R> {
  const domains = indexDomains(domainsOf(table, compileRoute))
  return {
    config: table,
    findVirtualHost: table.ignorePortInHost ? (authority) => domains.find(hostWithoutPort(authority)) : (authority) => domains.find(authority),
  }
}

function* domainsOf<R>(table: RouteTable, compileRoute: (route: Route) => R): Generator<readonly [string, CompiledVirtualHost<R>]> {
  const shared = new SharedConditions()
  for (const config of table.virtualHosts) {
    const virtualHost = new LazyVirtualHost(config, shared, compileRoute)
    for (const domain of config.domains) yield [domain, virtualHost]
  }
}

/** `reviews` of `reviews:9080`; the brackets of an IPv6 address stay. */
export function hostWithoutPort(authority: string): string {
  const colon = authority.lastIndexOf(':')
  return colon < 0 || authority.indexOf(']', colon) >= 0 ? authority : authority.slice(0, colon)
}

class LazyVirtualHost<R> implements CompiledVirtualHost<R> {
  readonly config: VirtualHost
  readonly #shared: SharedConditions
  readonly #compileRoute: (route: Route) => R
  #findRoute: FindRoute | null = null
  #routes: R[] | null = null

  constructor(config: VirtualHost, shared: SharedConditions, compileRoute: (route: Route) => R) {
    this.config = config
    this.#shared = shared
    this.#compileRoute = compileRoute
  }

  get routes(): readonly R[] {
    return (this.#routes ??= this.config.routes.map(this.#compileRoute))
  }

  findRoute(request: HttpRequest, path: string): number {
    const findRoute = (this.#findRoute ??= compileRouteList(this.config.routes, this.#shared))
    return findRoute(request, path)
  }
}
