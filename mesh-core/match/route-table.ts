import type { HttpRequest } from '../ir/message.ts'
import type { Route, RouteTable, VirtualHost } from '../ir/route.ts'
import { indexDomains } from './domains.ts'
import type { DomainIndex } from './domains.ts'
import type { FindRoute } from './shared-conditions.ts'
import { compileRouteList } from './route-list.ts'
import { SharedConditions } from './shared-conditions.ts'

export interface CompiledVirtualHost<R> {
  readonly config: VirtualHost
  /** What `compileRoute` made of each route, in order. */
  readonly routes: readonly R[]
  /** Index of the first route that takes the request; -1 for none. `path` is without the query. */
  findRoute(request: HttpRequest, path: string): number
}

export interface CompiledRouteTable<R> {
  readonly config: RouteTable
  /** @param authority `null` for a request that has lost its Host */
  findVirtualHost(authority: string | null): CompiledVirtualHost<R> | null
  /** Takes a table of the same hosts, of which some have other routes. @returns false for any other table, and then nothing is changed */
  replace(table: RouteTable): boolean
}

/** What a table does with headers, for each of its routes. */
export type TableHeaders = Pick<RouteTable, 'headers' | 'mostSpecificHeadersWin'>
export type CompileRoute<R> = (route: Route, host: VirtualHost, table: TableHeaders) => R
type CompileRoutes<R> = (host: VirtualHost) => R[]

/** A table of thousands of hosts serves few of them, so a host's routes are compiled when it is first asked for. */
export function compileRouteTable<R>(table: RouteTable, compileRoute: CompileRoute<R>): CompiledRouteTable<R> {
  return new IndexedRouteTable(table, compileRoute)
}

class IndexedRouteTable<R> implements CompiledRouteTable<R> {
  readonly #compileRoutes: CompileRoutes<R>
  readonly #slots: { host: LazyVirtualHost<R> }[]
  readonly #domains: DomainIndex<{ readonly host: LazyVirtualHost<R> }>
  #config: RouteTable

  constructor(config: RouteTable, compileRoute: CompileRoute<R>) {
    this.#config = config
    const { headers, mostSpecificHeadersWin } = config
    const table: TableHeaders = { ...(headers && { headers }), ...(mostSpecificHeadersWin && { mostSpecificHeadersWin }) }
    this.#compileRoutes = (host) => host.routes.map((route) => compileRoute(route, host, table))
    const shared = new SharedConditions()
    this.#slots = config.virtualHosts.map((host) => ({ host: new LazyVirtualHost(host, shared, this.#compileRoutes) }))
    this.#domains = indexDomains(domainsOf(config, this.#slots))
  }

  get config(): RouteTable {
    return this.#config
  }

  findVirtualHost(authority: string | null): CompiledVirtualHost<R> | null {
    const host = authority !== null && this.#config.ignorePortInHost ? hostWithoutPort(authority) : authority
    return this.#domains.find(host)?.host ?? null
  }

  replace(config: RouteTable): boolean {
    const { virtualHosts: before, ignorePortInHost, headers, mostSpecificHeadersWin } = this.#config
    const same = config.virtualHosts.length === before.length && config.virtualHosts.every(({ domains }, i) => domains === before[i]!.domains)
    if (!same || config.ignorePortInHost !== ignorePortInHost) return false
    if (config.headers !== headers || config.mostSpecificHeadersWin !== mostSpecificHeadersWin) return false
    for (const [i, host] of config.virtualHosts.entries())
      if (host !== before[i]) this.#slots[i]!.host = new LazyVirtualHost(host, new SharedConditions(), this.#compileRoutes)
    this.#config = config
    return true
  }
}

function* domainsOf<T>(table: RouteTable, slots: readonly T[]): Generator<readonly [string, T]> {
  for (const [i, { domains }] of table.virtualHosts.entries()) for (const domain of domains) yield [domain, slots[i]!]
}

/** `reviews` of `reviews:9080`; the brackets of an IPv6 address stay. */
function hostWithoutPort(authority: string): string {
  const colon = authority.lastIndexOf(':')
  return colon < 0 || authority.indexOf(']', colon) >= 0 ? authority : authority.slice(0, colon)
}

class LazyVirtualHost<R> implements CompiledVirtualHost<R> {
  readonly config: VirtualHost
  readonly #shared: SharedConditions
  readonly #compileRoutes: CompileRoutes<R>
  #findRoute: FindRoute | null = null
  #routes: R[] | null = null

  constructor(config: VirtualHost, shared: SharedConditions, compileRoutes: CompileRoutes<R>) {
    this.config = config
    this.#shared = shared
    this.#compileRoutes = compileRoutes
  }

  get routes(): readonly R[] {
    return (this.#routes ??= this.#compileRoutes(this.config))
  }

  findRoute(request: HttpRequest, path: string): number {
    const findRoute = (this.#findRoute ??= compileRouteList(this.config.routes, this.#shared))
    return findRoute(request, path)
  }
}
