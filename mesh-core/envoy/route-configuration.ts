import type { HeaderMatch } from '../ir/match.ts'
import type { Origin } from '../ir/origin.ts'
import type { HeaderMutations, Route, RouteTable, VirtualHost } from '../ir/route.ts'
import { type Circumstances, inForce } from './circumstances.ts'
import { message, type Message, messages, NotUnderstood, only, text, texts } from './fields.ts'
import { headerFields, isNone, readHeaderMutations } from './header-mutations.ts'
import { readHeaderMatch, readRouteMatch } from './matchers.ts'
import { readAction } from './route-action.ts'

/** When a virtual host sends plain requests to https. Source: Envoy `VirtualHost.TlsRequirementType`. */
export type TlsRequirement = 'NONE' | 'EXTERNAL_ONLY' | 'ALL'

/** A kind of requests that statistics are kept of. Source: Envoy `VirtualCluster`. */
export interface VirtualCluster {
  readonly name: string
  readonly headers: readonly HeaderMatch[]
}

/** What Envoy knows of routes and the model has no place for. */
export interface RouteConfiguration {
  readonly table: RouteTable
  readonly tlsRequirement: (host: VirtualHost) => TlsRequirement
  readonly virtualClusters: (host: VirtualHost) => readonly VirtualCluster[]
  /** Places of the routes that the circumstances switch off. */
  readonly off: readonly string[]
}

const configurationFields = new Set([
  ...['name', 'virtual_hosts', 'ignore_port_in_host_matching', 'most_specific_header_mutations_wins', ...headerFields],
  ...['internal_only_headers', 'validate_clusters', 'max_direct_response_body_size_bytes', 'typed_per_filter_config', 'metadata'],
])
const hostFields = new Set([
  ...['name', 'domains', 'routes', 'require_tls', 'virtual_clusters', ...headerFields],
  ...['rate_limits', 'cors', 'retry_policy', 'typed_per_filter_config', 'include_request_attempt_count', 'include_attempt_count_in_response'],
  ...['per_request_buffer_limit_bytes', 'hedge_policy', 'metadata'],
])
const routeFields = new Set([
  ...['name', 'match', 'route', 'redirect', 'direct_response', ...headerFields],
  ...['decorator', 'tracing', 'metadata', 'typed_per_filter_config', 'stat_prefix', 'per_request_buffer_limit_bytes'],
])

/**
 * Reads an `envoy.config.route.v3.RouteConfiguration`. Routes that the circumstances switch off are left out, which to a list whose first match wins is
 * the same as a match that fails.
 * @throws NotUnderstood
 */
export function readRouteConfiguration(value: unknown, file: string, now: Circumstances): RouteConfiguration {
  const reader = new Reader(file, now)
  const config = only(message(value, 'config'), 'config', configurationFields)
  const virtualHosts = messages(config['virtual_hosts'], 'virtual_hosts').map((host, i) => reader.virtualHost(host, `virtual_hosts[${i}]`))
  return {
    table: {
      name: text(config['name']) ?? '',
      virtualHosts,
      ignorePortInHost: config['ignore_port_in_host_matching'] === true,
      ...headersOf(config, 'config'),
      ...(config['most_specific_header_mutations_wins'] === true && { mostSpecificHeadersWin: true as const }),
    },
    tlsRequirement: (host) => reader.requirements.get(host) ?? 'NONE',
    virtualClusters: (host) => reader.virtualClusters.get(host) ?? [],
    off: reader.off,
  }
}

/** Of a table, or of a host. */
function headersOf(config: Message, place: string): { readonly headers?: HeaderMutations } {
  const headers = readHeaderMutations(config, place)
  return isNone(headers) ? {} : { headers }
}

/**
 * Reads an `envoy.config.route.v3.Route` that stands by itself.
 * @throws NotUnderstood
 */
export function readRoute(value: unknown, origin: Origin): Route {
  const config = only(message(value, 'route'), 'route', routeFields)
  return routeOf(config, 'route', readRouteMatch(config['match'], 'route.match', origin), origin)
}

function routeOf(config: Message, place: string, match: Route['match'], origin: Origin): Route {
  const action = readAction(config, place, origin)
  if (action === null) throw new NotUnderstood(place, 'a route needs route, redirect or direct_response')
  const { request, response } = readHeaderMutations(config, place)
  return {
    name: text(config['name']) ?? '',
    match,
    action,
    requestHeaders: request,
    responseHeaders: response,
    fault: null,
    cors: null,
    refusal: null,
    origin,
    matchOrigin: origin,
  }
}

class Reader {
  readonly requirements = new Map<VirtualHost, TlsRequirement>()
  readonly virtualClusters = new Map<VirtualHost, VirtualCluster[]>()
  readonly off: string[] = []
  readonly #file: string
  readonly #now: Circumstances

  constructor(file: string, now: Circumstances) {
    this.#file = file
    this.#now = now
  }

  virtualHost(value: Message, place: string): VirtualHost {
    const config = only(value, place, hostFields)
    const requirement = String(config['require_tls'] ?? 'NONE') as TlsRequirement
    if (!['NONE', 'EXTERNAL_ONLY', 'ALL'].includes(requirement)) throw new NotUnderstood(`${place}.require_tls`, `${requirement} is not understood`)
    const host: VirtualHost = {
      name: text(config['name']) ?? '',
      domains: texts(config['domains']),
      routes: messages(config['routes'], `${place}.routes`).flatMap((route, i) => this.#route(route, `${place}.routes[${i}]`)),
      requireTls: requirement === 'ALL',
      ...headersOf(config, place),
    }
    this.requirements.set(host, requirement)
    this.virtualClusters.set(host, this.#virtualClusters(config, place))
    return host
  }

  #route(value: Message, place: string): Route[] {
    const config = only(value, place, routeFields)
    const origin = this.#origin(place)
    const match = readRouteMatch(config['match'], `${place}.match`, origin)
    if (!inForce(message(config['match'], place), `${place}.match`, this.#now)) {
      this.off.push(place)
      return []
    }
    return [routeOf(config, place, match, origin)]
  }

  #virtualClusters(config: Message, place: string): VirtualCluster[] {
    return messages(config['virtual_clusters'], `${place}.virtual_clusters`).map((cluster, i) => ({
      name: text(cluster['name']) ?? '',
      headers: messages(cluster['headers'], place).map((header) => readHeaderMatch(header, `${place}.virtual_clusters[${i}]`, this.#origin(place))),
    }))
  }

  #origin(place: string): Origin {
    return { file: this.#file, document: 0, resource: 'RouteConfiguration', path: [place] }
  }
}
