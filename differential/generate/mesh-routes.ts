import type { Draw } from '../draw.ts'
import { type Aim, aimedCalls } from './aimed-calls.ts'
import { behaviours } from './behaviours.ts'
import { type Document, document, gatewayApiDocument } from './document.ts'
import { aimsOfRule, backends, grpcRule, httpRule } from './gateway-api-rules.ts'
import type { Json } from './matches.ts'
import type { Subject } from './scenery.ts'

/** Routes of the Gateway API whose parents are services: those of the service's namespace, and those of a client's. */
export const meshRoutes: Subject = (draw, count) => {
  const routes = draw.many(1, 4, (i) => route(draw, i))
  const beside = [
    ...draw.perhaps(0.2, () =>
      document('VirtualService', 'vs', 'default', {
        hosts: ['b'],
        http: [{ headers: { request: { set: { 'x-rule': 'vs' } } }, route: [{ destination: { host: 'b' } }] }],
      }),
    ),
    ...draw.perhaps(0.3, () =>
      gatewayApiDocument('ReferenceGrant', 'grant', draw.one(['default', 'other']), {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: draw.one(['default', 'other']) }],
        to: [{ group: '', kind: 'Service' }],
      }),
    ),
  ]
  const config = [...routes, ...beside]
  const aims = routes.flatMap(({ spec }): Aim[] =>
    ((spec['rules'] ?? [{}]) as Json[]).flatMap(aimsOfRule).map((rule) => ({
      ...rule,
      hosts: ['b.default', 'b.default', 'c.default', 'd.other', 'b.default.svc.cluster.local', 'b.other', 'h.default'],
      from: ['a.default', 'a.default', 'c-v1.default', 'd.other'],
      ports: ['', '', ':9090'],
      ...ofBytes(spec['parentRefs'] as Json[]),
    })),
  )
  return { config, behaviour: behaviours(draw, config), calls: aimedCalls(draw, aims, count) }
}

function route(draw: Draw, index: number): Document {
  const namespace = draw.one(['default', 'default', 'default', 'other'])
  const context = { namespace, mesh: true }
  const kind = draw.one(['HTTPRoute', 'HTTPRoute', 'HTTPRoute', 'HTTPRoute', 'GRPCRoute', 'TCPRoute'])
  const spec = {
    parentRefs: kind === 'TCPRoute' && draw.chance(0.5) ? [bytes] : parents(draw, namespace),
    ...draw.maybe(kind === 'TCPRoute' ? 0 : 0.15, () => ({ hostnames: ['b', 'shop.example.com'] })),
    rules:
      kind === 'TCPRoute'
        ? [{ backendRefs: backends(draw, context, false) }]
        : draw.many(1, 3, (i) => (kind === 'HTTPRoute' ? httpRule(draw, context, i) : grpcRule(draw, context))),
  }
  return gatewayApiDocument(kind, `route-${index}`, namespace, spec)
}

/** A service that speaks no HTTP. */
const bytes: Json = { kind: 'Service', group: '', name: 't', namespace: 'default' }

function ofBytes(refs: readonly Json[]): Partial<Aim> {
  return refs.includes(bytes) ? { hosts: ['t.default'], ports: [':9000'] } : {}
}

/** Different services, as the API server wants it. */
function parents(draw: Draw, namespace: string): Json[] {
  const all = draw.many(1, 2, (i) => parent(draw, namespace, i))
  const key = (ref: Json): string => JSON.stringify([ref['name'], ref['namespace']])
  return all.filter((one, i) => all.findIndex((other) => key(other) === key(one)) === i)
}

function parent(draw: Draw, namespace: string, index: number): Json {
  const own = namespace === 'default' ? draw.one(['b', 'b', 'c', 'h']) : draw.one(['d', 'b'])
  const away = draw.chance(index === 0 ? 0.2 : 0.5)
  return {
    kind: 'Service',
    group: '',
    name: away ? (namespace === 'default' ? 'd' : 'b') : own,
    ...(away && { namespace: namespace === 'default' ? 'other' : 'default' }),
    ...draw.maybe(0.35, () => ({ port: draw.one([80, 9090, 1234]) })),
  }
}
