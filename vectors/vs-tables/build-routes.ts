import { parseDocument } from '../../mesh-core/config/yaml/parse.ts'
import type { KubeObject, Resource } from '../../mesh-core/config/resource.ts'
import { asIstiod } from '../../mesh-core/compile/departures.ts'
import { DestinationRules } from '../../mesh-core/compile/clusters/destination-rules.ts'
import { hashOfDestination } from '../../mesh-core/compile/rules/hash-policy.ts'
import { httpRoutes, type RouteContext } from '../../mesh-core/compile/rules/http-routes.ts'
import { meshConfigOf, type MeshConfig } from '../../mesh-core/compile/mesh/mesh-config.ts'
import { tellsForwardedHost } from '../../mesh-core/compile/mesh/proxy-settings.ts'
import { type VirtualService, virtualServiceOf } from '../../mesh-core/compile/rules/virtual-service.ts'
import type { Route } from '../../mesh-core/ir/index.ts'
import { asIstiodSends } from '../../support/targets/envoy/xds/as-istiod-sends.ts'
import { routeConfiguration } from '../../support/targets/envoy/xds/route-table.ts'
import type { Difference } from '../difference.ts'
import { check } from './asserts.ts'
import type { BuildVector } from './vector.ts'

/** Compiles the VirtualService as for a proxy, writes the routes as Envoy would get them, and looks at those. */
export function runBuild(vector: BuildVector): Difference[] {
  const mesh = meshConfigOf([resource({ ...vector.options?.meshConfig, kind: 'MeshConfig' })])
  const routes = httpRoutes(virtualService(vector.virtualService), {
    labels: vector.proxy.labels ?? {},
    namespace: vector.proxy.namespace ?? '',
    gateways: vector.gateways,
    listenPort: vector.listenPort,
    tls: false,
    service: () => undefined,
    hashOf: hashesOf(vector, mesh),
    mesh,
    tellsForwardedHost: tellsForwardedHost(mesh.defaultConfig),
    departs: asIstiod,
  })
  const subject = { routes: envoyRoutes(routes), error: routes.length === 0 ? 'no routes matched' : null }
  return vector.asserts.flatMap((assertion) => check(subject, assertion))
}

/** The rules of a vector stand in the root namespace, or in that of the service. */
function hashesOf({ destinationRules = '', services = [], proxy }: BuildVector, mesh: MeshConfig): RouteContext['hashOf'] {
  const rules = destinationRules.split(/^---$/m).filter((text) => text.trim() !== '')
  const known = new DestinationRules(
    rules.map((text) => resource(parseDocument(text) as object)),
    mesh,
  )
  const client = { namespace: proxy.namespace ?? '', labels: proxy.labels ?? {} }
  return (destination) => {
    const service = services.find(({ hostname }) => hostname === destination.host)
    return service && hashOfDestination(known.find(service.hostname, client, service.namespace), destination)
  }
}

function virtualService(yaml: string): VirtualService {
  const made = resource(parseDocument(yaml) as object)
  const semantics = made.object.metadata.annotations?.['internal.istio.io/route-semantics']
  const translated = virtualServiceOf(made)
  if (semantics === undefined) return translated
  return { ...translated, semantics: semantics === 'gateway' ? 'gateway-api' : 'ingress' }
}

/** Unit tests translate what no API server would take: without a namespace, or hosts. */
function resource(fields: object): Resource {
  const object = { metadata: { name: 'test' }, apiVersion: '', kind: '', ...fields } as KubeObject
  const { name, namespace = '' } = object.metadata
  const origin = { file: 'vector', document: 0, resource: `${object.kind} ${namespace}/${name}`, path: [] }
  const source = { key: 'vector', file: 'vector', text: '', lineOffset: 0, columnOffset: 0 }
  return { object, kind: object.kind, apiVersion: object.apiVersion, name, namespace, origin, source }
}

function envoyRoutes(routes: readonly Route[]): unknown[] {
  const table = { name: '', virtualHosts: [{ name: '', domains: ['*'], routes, requireTls: false }], ignorePortInHost: true }
  const { virtual_hosts } = routeConfiguration(table, asIstiodSends) as { virtual_hosts: [{ routes?: unknown[] }] }
  return camelCase(virtual_hosts[0].routes ?? []) as unknown[]
}

function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase)
  if (typeof value !== 'object' || value === null) return value
  const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camel(name), camelCase(inner)]))
}
