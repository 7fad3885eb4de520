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

/** Gateways of the Kubernetes Gateway API, sets of further listeners, the routes that ask to be attached to them, and grants. */
export const gatewayApi: Subject = (draw, count) => {
  const gates = draw.many(1, 2, (i) => gateway(draw, i))
  const sets = draw.chance(0.35) ? draw.many(1, 2, (i) => listenerSet(draw, i, gates)) : []
  const parents = [...gates, ...sets]
  const routes = [
    ...draw.many(1, 3, (i) => httpRoute(draw, i, parents)),
    ...draw.perhaps(0.2, () => grpcRoute(draw, parents)),
    ...draw.perhaps(0.25, () => tlsRoute(draw, parents)),
    ...draw.perhaps(0.2, () => tcpRoute(draw, parents)),
  ]
  const grants = draw.many(0, 2, (i) => grant(draw, i))
  const config = [secret('cert', 'default'), secret('cert', 'other'), ...gates, ...sets, ...routes, ...grants]
  const calls = callsOf(draw, gates, sets, routes, count)
  return { config, behaviour: behaviours(draw, config), calls: draw.chance(0.15) ? withMany(draw, calls) : calls }
}

function gateway(draw: Draw, index: number): Document {
  const namespace = draw.one(['default', 'default', 'default', 'other'])
  const listeners = distinct(draw.many(1, 3, (i) => listener(draw, i)))
  return gatewayApiDocument('Gateway', `gate-${index}`, namespace, {
    gatewayClassName: 'istio',
    ...draw.maybe(0.45, () => ({ allowedListeners: { namespaces: draw.one(allowedSets) } })),
    listeners,
  })
}

function listenerSet(draw: Draw, index: number, gates: readonly Document[]): Document {
  const { metadata, spec: gate } = draw.one(gates)
  const namespace = draw.chance(0.75) ? metadata.namespace : draw.one(['default', 'other'])
  const spec = {
    parentRef: {
      ...draw.maybe(0.3, () => ({ group, kind: 'Gateway' })),
      name: metadata.name,
      ...(namespace !== metadata.namespace && { namespace: metadata.namespace }),
    },
    listeners: distinct(draw.many(1, 2, (i) => listenerOfSet(draw, i, gate))),
  }
  return gatewayApiDocument(
    'ListenerSet',
    `set-${index}`,
    namespace,
    spec,
    draw.maybe(0.4, () => ({ creationTimestamp: `2024-01-01T00:0${index}:00Z` })),
  )
}

const group = 'gateway.networking.k8s.io'

/** On labels of namespaces. */
const expressions: readonly Json[] = [
  { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['other', 'default'] },
  { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['other'] },
  { key: 'kubernetes.io/metadata.name', operator: 'Exists' },
  { key: 'team', operator: 'DoesNotExist' },
]

/** Whose ListenerSets a Gateway takes; without a word none. */
const allowedSets: readonly Json[] = [
  { from: 'All' },
  { from: 'All' },
  { from: 'Same' },
  { from: 'None' },
  { from: 'Selector', selector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } },
  ...expressions.map((expression) => ({ from: 'Selector', selector: { matchExpressions: [expression] } })),
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

/** At ports that the Gateway has itself: the Services that the oracle makes have no others. */
function listenerOfSet(draw: Draw, index: number, { listeners, allowedListeners }: Json): Json {
  const { port, protocol, tls } = draw.one(listeners as Json[])
  const { tls: another, hostname, ...made } = listener(draw, index)
  if (draw.chance(0.2)) return { ...made, ...(hostname !== undefined && { hostname }), ...(another !== undefined && { tls: another }), port }
  // At a port that the Gateway has, or at one of the set's own: the oracle opens those of sets that are let in without a look at labels.
  const isOpened = /"(All|Same)"/.test(JSON.stringify(allowedListeners ?? null))
  const at = isOpened && draw.chance(0.25) ? draw.one([8081, 8443]) : port
  return { ...made, port: at, protocol, ...(tls !== undefined && { tls }), ...(hostname !== undefined && protocol !== 'TCP' && { hostname }) }
}

function routeHead(draw: Draw, parents: readonly Document[]): Json {
  const parentRefs = draw.some(parents, 1, 2).map(({ kind, metadata }) => ({
    ...draw.maybe(kind === 'Gateway' ? 0.1 : 1, () => ({ kind, group })),
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

function httpRoute(draw: Draw, index: number, parents: readonly Document[]): Document {
  const namespace = draw.one(namespaces)
  const rules = draw.many(1, 4, (i) => httpRule(draw, { namespace, mesh: false }, i))
  return gatewayApiDocument('HTTPRoute', `route-${index}`, namespace, {
    ...routeHead(draw, parents),
    ...names(draw),
    ...draw.maybe(0.98, () => ({ rules })),
  })
}

function grpcRoute(draw: Draw, parents: readonly Document[]): Document {
  const namespace = draw.one(namespaces)
  const rules = draw.many(1, 3, () => grpcRule(draw, { namespace, mesh: false }))
  return gatewayApiDocument('GRPCRoute', 'grpc', namespace, { ...routeHead(draw, parents), ...names(draw), rules })
}

function tlsRoute(draw: Draw, parents: readonly Document[]): Document {
  const namespace = draw.one(namespaces)
  const rules = [{ backendRefs: backends(draw, { namespace, mesh: false }, false) }]
  return gatewayApiDocument('TLSRoute', 'tls', namespace, { ...routeHead(draw, parents), hostnames: draw.some(hostnames, 1, 2), rules })
}

function tcpRoute(draw: Draw, parents: readonly Document[]): Document {
  const namespace = draw.one(namespaces)
  const rules = [{ backendRefs: backends(draw, { namespace, mesh: false }, false) }]
  return gatewayApiDocument('TCPRoute', 'tcp', namespace, { ...routeHead(draw, parents), rules })
}

function grant(draw: Draw, index: number): Document {
  const [here, there] = draw.one([
    ['default', 'other'],
    ['other', 'default'],
  ])
  const from = draw.some(['HTTPRoute', 'GRPCRoute', 'Gateway', 'TCPRoute', 'ListenerSet'], 1, 3).map((kind) => ({ group, kind, namespace: there }))
  const to = draw
    .some(['Service', 'Secret'], 1, 2)
    .map((kind) => ({ group: '', kind, ...draw.maybe(0.3, () => ({ name: draw.one(['b', 'd', 'c', 'cert']) })) }))
  return gatewayApiDocument('ReferenceGrant', `grant-${index}`, here!, { from, to })
}

function callsOf(draw: Draw, gates: readonly Document[], sets: readonly Document[], routes: readonly Document[], count: number): ObservedCall[] {
  const aims = gates.flatMap((gate) => {
    const listeners = [gate, ...sets.filter((set) => isOf(set, gate))].flatMap(({ spec }) => spec['listeners'] as Listener[])
    return routes.flatMap((route) => aimsOf(gate, listeners, route))
  })
  return aimedCalls(draw, aims, count)
}

interface Listener {
  readonly port: number
  readonly protocol: string
  readonly hostname?: string
}

function isOf({ spec, metadata }: Document, gate: Document): boolean {
  const { name, namespace = metadata.namespace } = spec['parentRef'] as { readonly name: string; readonly namespace?: string }
  return name === gate.metadata.name && namespace === gate.metadata.namespace
}

/** Mostly at ports that the Gateway has. */
function aimsOf({ metadata }: Document, listeners: readonly Listener[], { kind, spec }: Document): Aim[] {
  const from = [`gateway:${metadata.name}.${metadata.namespace}`]
  const own = ((spec['hostnames'] ?? []) as string[]).flatMap((name) => [name, name])
  const rules = ((spec['rules'] ?? [{}]) as Json[]).flatMap((rule) => (/^(HTTP|GRPC)/.test(kind) ? aimsOfRule(rule) : [{ match: {}, rule: {} }]))
  return rules.flatMap((rule) =>
    listeners.flatMap(({ port, protocol, hostname }): Aim[] => {
      const near = hostname === undefined ? [] : [hostname, hostname]
      const hosts = [...own, ...own, ...near, ...called]
      return [{ ...rule, hosts, from, ports: [`:${port}`], schemes: /^(HTTPS|TLS)$/.test(protocol) ? ['https', 'https', 'https', 'http'] : ['http'] }]
    }),
  )
}
