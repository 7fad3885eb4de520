import { type Inventory, kinds, listOf, specOf } from '../../analyze/inventory.ts'
import type { Evidence } from '../../analyze/message.ts'
import type { MeshConfig } from '../../compile/mesh/mesh-config.ts'
import { asIstiod } from '../../compile/departures.ts'
import { httpRoutes } from '../../compile/rules/http-routes.ts'
import { meshGateway } from '../../compile/names.ts'
import type { VirtualService } from '../../compile/rules/virtual-service.ts'
import type { Point } from '../../cover/cover.ts'
import { claimsAt, valueAt } from '../../cover/route-box.ts'
import { Headers, type HttpRequest } from '../../ir/message.ts'
import type { Route } from '../../ir/route.ts'
import { pathWithoutQuery } from '../../match/path.ts'
import { compileRouteList } from '../../match/route-list.ts'
import { type FindRoute, SharedConditions } from '../../match/shared-conditions.ts'

/** A request of one client, at the sidecar or the gateway that it meets. */
export interface Trial {
  readonly request: HttpRequest
  readonly gateway: string
  readonly port: number
  readonly labels: Readonly<Record<string, string>>
  readonly namespace: string | null
}

/** The request that stands at a point. @param usual what is called where no rule asks for it */
export function trialAt(point: Point, { gateways, namespace }: VirtualService, usual: { readonly host: string; readonly port: number }): Trial {
  const headers = new Headers()
  const query: string[] = []
  const labels: Record<string, string> = {}
  for (const [{ name }, values] of point)
    for (const value of values) {
      if (name.startsWith('header ')) headers.append(name.slice(7), value)
      if (name.startsWith('query ')) query.push(value === '' ? name.slice(6) : `${name.slice(6)}=${value}`)
      if (name.startsWith('label ')) labels[name.slice(6)] = value
    }
  const claims = claimsAt(point)
  const one = (name: string): string | undefined => valueAt(point, name)?.[0]
  const path = `${one('path') ?? '/'}${query.length > 0 ? `?${query.join('&')}` : ''}`
  const authority = one(':authority') ?? usual.host
  const gateway = one('gateway') ?? gateways[0] ?? meshGateway
  return {
    request: {
      method: one(':method') ?? 'GET',
      scheme: (one(':scheme') as 'http' | 'https' | undefined) ?? 'http',
      authority,
      path,
      headers,
      body: '',
      ...(claims && { claims }),
    },
    gateway,
    port: Number(one('port') ?? (gateway === meshGateway ? usual.port : 80)),
    labels,
    namespace: one('namespace') ?? (Object.keys(labels).length > 0 ? namespace : null),
  }
}

/** The plainest request of a pod of the namespace to a service. */
export function trialOf(host: string, namespace: string, mesh: Inventory): Trial {
  const [name = '', owner = ''] = host.split('.')
  const authority = owner === namespace ? name : `${name}.${owner}`
  const request: HttpRequest = { method: 'GET', scheme: 'http', authority, path: '/', headers: new Headers(), body: '' }
  const service = mesh.find(kinds.service, owner, name)
  const port = Number(service ? (listOf(specOf(service).ports)[0]?.port ?? 80) : 80)
  return { request, gateway: meshGateway, port, labels: {}, namespace }
}

/** The routes that istiod makes of the rules for each kind of client, and the first that Envoy's matching takes. */
export class Router {
  readonly #vs: VirtualService
  readonly #mesh: MeshConfig
  readonly #byClient = new Map<string, { readonly routes: readonly Route[]; readonly find: FindRoute }>()

  constructor(vs: VirtualService, mesh: MeshConfig) {
    this.#vs = vs
    this.#mesh = mesh
  }

  routeOf(trial: Trial): Route | null {
    const { routes, find } = this.#for(trial)
    return routes[find(trial.request, pathWithoutQuery(trial.request.path))] ?? null
  }

  routesFor(trial: Trial): readonly Route[] {
    return this.#for(trial).routes
  }

  #for({ request, ...client }: Trial): { readonly routes: readonly Route[]; readonly find: FindRoute } {
    const tls = request.scheme === 'https'
    const key = JSON.stringify([client, tls])
    let known = this.#byClient.get(key)
    if (!known) {
      const routes = this.#routes(client, tls)
      known = { routes, find: compileRouteList(routes, new SharedConditions()) }
      this.#byClient.set(key, known)
    }
    return known
  }

  #routes({ gateway, port, labels, namespace }: Omit<Trial, 'request'>, tls: boolean): readonly Route[] {
    return httpRoutes(this.#vs, {
      ...{ labels, namespace: namespace ?? this.#vs.namespace, gateways: [gateway], listenPort: port, tls, mesh: this.#mesh },
      ...{ service: () => undefined, hashOf: () => undefined, departs: asIstiod },
    })
  }
}

/** The first of the routes that takes the request. */
export function takenBy(routes: readonly Route[], request: HttpRequest): Route | null {
  return routes[compileRouteList(routes, new SharedConditions())(request, pathWithoutQuery(request.path))] ?? null
}

/** In words, with what was seen. */
export function evidenceOf({ request, gateway, port, labels, namespace }: Trial, gateways: readonly string[], seen: string): Evidence {
  const headers: Record<string, string[]> = {}
  for (const [name, value] of request.headers.entries()) (headers[name] ??= []).push(value)
  // Claims stand as Istio has them, among the headers.
  for (const [name, value] of Object.entries(request.claims ?? {})) headers[`@request.auth.claims.${name}`] = [claimText(value)]
  const authority = port === 80 || /:\d+$/.test(request.authority) ? request.authority : `${request.authority}:${port}`
  return {
    from: clientText(gateways.length > 1 || gateway !== meshGateway ? gateway : null, labels, namespace),
    request: `${request.method} ${request.scheme}://${authority}${request.path}`,
    headers,
    seen,
  }
}

function claimText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Those that istiod makes of Ingresses and of the Gateway API have names that nobody wrote. */
function gatewayText(gateway: string): string {
  if (gateway.includes('-istio-autogenerated-k8s-ingress-')) return 'the ingress gateway'
  return `gateway ${gateway.replace(/~istio-autogenerated.*$/, '')}`
}

/** `null`: any client. @param gateway `null` where there is but one way to the rules */
export function clientText(gateway: string | null, labels: Trial['labels'], namespace: string | null): string | null {
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  const pod = namespace === null && label.length === 0 ? null : `a pod${namespace === null ? '' : ` of ${namespace}`}${label.length > 0 ? ` with ${label.join(', ')}` : ''}` // prettier-ignore
  if (gateway === null || gateway === meshGateway) return pod ?? (gateway === null ? null : 'a sidecar')
  return gatewayText(gateway)
}
