import type { ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import { type Aim, aimedCalls, withMany } from './aimed-calls.ts'
import { behaviours } from './behaviours.ts'
import { type Document, gatewayApiDocument } from './document.ts'
import { aimsOfRule, backends, grpcRule, httpRule } from './gateway-api-rules.ts'
import { secret } from './manifests.ts'
import type { Json } from './matches.ts'
import type { Subject } from './scenery.ts'

const hostnames = ['shop.example.com', '*.example.com', 'www.example.com', 'x.sub.example.com', 'example.org']
const called = ['shop.example.com', 'www.example.com', 'any.example.com', 'x.sub.example.com', 'nobody.test', 'example.org', 'example.com']

/** Gateways of the Kubernetes Gateway API, the routes that ask to be attached to them, and grants. */
export const gatewayApi: Subject = (draw, count) => {
  const gates = draw.many(1, 2, (i) => gateway(draw, i))
  const routes = [
    ...draw.many(1, 3, (i) => httpRoute(draw, i, gates)),
    ...draw.perhaps(0.2, () => grpcRoute(draw, gates)),
    ...draw.perhaps(0.25, () => tlsRoute(draw, gates)),
    ...draw.perhaps(0.2, () => tcpRoute(draw, gates)),
  ]
  const grants = draw.many(0, 2, (i) => grant(draw, i))
  const config = [secret('cert', 'default'), secret('cert', 'other'), ...gates, ...routes, ...grants]
  const calls = callsOf(draw, gates, routes, count)
  return { config, behaviour: behaviours(draw, config), calls: draw.chance(0.15) ? withMany(draw, calls) : calls }
}

function gateway(draw: Draw, index: number): Document {
  const namespace = draw.one(['default', 'default', 'default', 'other'])
  const listeners = distinct(draw.many(1, 3, (i) => listener(draw, i)))
  return gatewayApiDocument('Gateway', `gate-${index}`, namespace, { gatewayClassName: 'istio', listeners })
}

const group = 'gateway.networking.k8s.io'

/** On labels of namespaces. */
const expressions: readonly Json[] = [
  { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['other', 'default'] },
  { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['other'] },
  { key: 'kubernetes.io/metadata.name', operator: 'Exists' },
  { key: 'team', operator: 'DoesNotExist' },
]

/** Of two that could not be told apart only the first. */
function distinct(listeners: readonly Json[]): Json[] {
  const key = ({ port, protocol, hostname }: Json): string => JSON.stringify([port, protocol, hostname])
  return listeners.filter((one, i) => listeners.findIndex((other) => key(other) === key(one)) === i)
}

function listener(draw: Draw, index: number): Json {
  const allowed = draw.one<Json>([
    { namespaces: { from: 'All' } },
    { namespaces: { from: 'All' } },
    { namespaces: { from: 'Same' } },
    { namespaces: { from: 'Selector', selector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } } },
    { namespaces: { from: 'Selector', selector: { matchExpressions: [draw.one(expressions)] } } },
    { namespaces: { from: 'All' }, kinds: [{ ...draw.maybe(0.4, () => ({ group })), kind: draw.one(['HTTPRoute', 'GRPCRoute']) }] },
  ])
  const hostname = draw.maybe(0.5, () => ({ hostname: draw.one(hostnames) }))
  const certificate = draw.one<Json>([
    { name: 'cert' },
    { name: 'cert' },
    { name: 'cert', group: '', kind: 'Secret' },
    { name: 'cert', namespace: 'other' },
    { name: 'missing' },
  ])
  const kind = draw.one<Json>([
    { port: draw.one([80, 80, 8080]), protocol: 'HTTP', ...hostname },
    { port: 80, protocol: 'HTTP', ...hostname },
    { port: 443, protocol: 'HTTPS', ...hostname, tls: { mode: 'Terminate', certificateRefs: [certificate] } },
    { port: draw.one([443, 8443]), protocol: 'TLS', ...hostname, tls: { mode: 'Passthrough' } },
    { port: 9000, protocol: 'TCP' },
  ])
  return {
    name: `listener-${index}`,
    ...kind,
    ...draw.maybe(0.75, () => ({ allowedRoutes: kind['protocol'] === 'TCP' ? { namespaces: { from: 'All' } } : allowed })),
  }
}

function routeHead(draw: Draw, gates: readonly Document[]): Json {
  const parentRefs = draw.some(gates, 1, 2).map(({ metadata }) => ({
    ...draw.maybe(0.1, () => ({ kind: 'Gateway', group: 'gateway.networking.k8s.io' })),
    name: metadata.name,
    namespace: metadata.namespace,
    ...draw.maybe(0.2, () => ({ sectionName: `listener-${draw.between(0, 2)}` })),
    ...draw.maybe(0.12, () => ({ port: draw.one([80, 8080, 443]) })),
  }))
  return { parentRefs }
}

function names(draw: Draw): Json {
  return draw.maybe(0.6, () => ({ hostnames: draw.some(hostnames, 1, 2) }))
}

const namespaces = ['default', 'default', 'default', 'other']

function httpRoute(draw: Draw, index: number, gates: readonly Document[]): Document {
  const namespace = draw.one(namespaces)
  const rules = draw.many(1, 4, (i) => httpRule(draw, { namespace, mesh: false }, i))
  return gatewayApiDocument('HTTPRoute', `route-${index}`, namespace, {
    ...routeHead(draw, gates),
    ...names(draw),
    ...draw.maybe(0.98, () => ({ rules })),
  })
}

function grpcRoute(draw: Draw, gates: readonly Document[]): Document {
  const namespace = draw.one(namespaces)
  const rules = draw.many(1, 3, () => grpcRule(draw, { namespace, mesh: false }))
  return gatewayApiDocument('GRPCRoute', 'grpc', namespace, { ...routeHead(draw, gates), ...names(draw), rules })
}

function tlsRoute(draw: Draw, gates: readonly Document[]): Document {
  const namespace = draw.one(namespaces)
  const rules = [{ backendRefs: backends(draw, { namespace, mesh: false }, false) }]
  return gatewayApiDocument('TLSRoute', 'tls', namespace, { ...routeHead(draw, gates), hostnames: draw.some(hostnames, 1, 2), rules })
}

function tcpRoute(draw: Draw, gates: readonly Document[]): Document {
  const namespace = draw.one(namespaces)
  const rules = [{ backendRefs: backends(draw, { namespace, mesh: false }, false) }]
  return gatewayApiDocument('TCPRoute', 'tcp', namespace, { ...routeHead(draw, gates), rules })
}

function grant(draw: Draw, index: number): Document {
  const [here, there] = draw.one([
    ['default', 'other'],
    ['other', 'default'],
  ])
  const from = draw
    .some(['HTTPRoute', 'GRPCRoute', 'Gateway', 'TCPRoute'], 1, 3)
    .map((kind) => ({ group: 'gateway.networking.k8s.io', kind, namespace: there }))
  const to = draw
    .some(['Service', 'Secret'], 1, 2)
    .map((kind) => ({ group: '', kind, ...draw.maybe(0.3, () => ({ name: draw.one(['b', 'd', 'c', 'cert']) })) }))
  return gatewayApiDocument('ReferenceGrant', `grant-${index}`, here!, { from, to })
}

function callsOf(draw: Draw, gates: readonly Document[], routes: readonly Document[], count: number): ObservedCall[] {
  const aims = gates.flatMap((gate) => routes.flatMap((route) => aimsOf(gate, route)))
  return aimedCalls(draw, aims, count)
}

/** Mostly at ports that the Gateway has. */
function aimsOf({ metadata, spec: gate }: Document, { kind, spec }: Document): Aim[] {
  const from = [`gateway:${metadata.name}.${metadata.namespace}`]
  const own = ((spec['hostnames'] ?? []) as string[]).flatMap((name) => [name, name])
  const listeners = gate['listeners'] as { port: number; protocol: string; hostname?: string }[]
  const rules = ((spec['rules'] ?? [{}]) as Json[]).flatMap((rule) => (/^(HTTP|GRPC)/.test(kind) ? aimsOfRule(rule) : [{ match: {}, rule: {} }]))
  return rules.flatMap((rule) =>
    listeners.flatMap(({ port, protocol, hostname }): Aim[] => {
      const near = hostname === undefined ? [] : [hostname, hostname]
      const hosts = [...own, ...own, ...near, ...called]
      return [{ ...rule, hosts, from, ports: [`:${port}`], schemes: /^(HTTPS|TLS)$/.test(protocol) ? ['https', 'https', 'https', 'http'] : ['http'] }]
    }),
  )
}
