import type { Draw } from '../draw.ts'
import type { Json } from './matches.ts'
import { trafficPolicy } from './policies.ts'
import { type RuleContext, rules } from './rules.ts'
import { destinations, publicHosts } from './words.ts'

/** A document of the generated config. */
export interface Document extends Json {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: Json
}

const apiVersion = 'networking.istio.io/v1'

/** Gateways, DestinationRules and VirtualServices of one mesh. */
export function resources(draw: Draw): Document[] {
  const gateways = draw.chance(0.45) ? [gateway(draw)] : []
  const delegates = draw.chance(0.2) ? draw.many(1, 2, (i) => delegate(draw, i)) : []
  const virtualServices = draw.many(1, 3, (i) => virtualService(draw, i, gateways, delegates))
  return [...gateways, ...destinationRules(draw), ...virtualServices, ...delegates]
}

function gateway(draw: Draw): Document {
  const hosts = draw.one([['*'], ['shop.example.com'], ['*.example.com'], ['shop.example.com', 'b.default.svc.cluster.local'], ['default/*']])
  const servers = [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts }]
  return document('Gateway', 'gw', 'default', { selector: { istio: 'ingressgateway' }, servers })
}

function destinationRules(draw: Draw): Document[] {
  return destinations.slice(0, 3).flatMap(({ host, subsets }, i) => {
    if (!draw.chance([0.8, 0.7, 0.3][i]!)) return []
    const [name, namespace] = host.split('.')
    return [
      document('DestinationRule', `rule-${name}`, namespace!, {
        host: draw.chance(0.5) ? name : host,
        subsets: [
          ...subsets.map((version) => ({
            name: version,
            labels: { version },
            ...draw.maybe(0.1, () => ({ trafficPolicy: trafficPolicy(draw, false) })),
          })),
          // Nobody has such a label.
          { name: 'empty', labels: { version: 'v0' } },
        ],
        ...draw.maybe(0.4, () => ({ trafficPolicy: trafficPolicy(draw, true) })),
        ...draw.maybe(0.06, () => ({ exportTo: draw.one([['.'], ['*'], ['other']]) })),
      }),
    ]
  })
}

function virtualService(draw: Draw, index: number, gateways: readonly Document[], delegates: readonly Document[]): Document {
  const namespace = draw.one(['default', 'default', 'default', 'default', 'other'])
  const bound = gateways.length === 0 ? [] : draw.one([[], ['default/gw'], ['default/gw', 'mesh'], ['mesh', 'default/gw']])
  const mesh = bound.length === 0 || bound.includes('mesh')
  const context: RuleContext = { namespace, mesh, gateways: bound, delegates: delegates.map(({ metadata }) => metadata) }
  return document('VirtualService', `vs-${index}`, namespace, {
    hosts: hosts(draw, namespace),
    ...(bound.length > 0 && { gateways: bound }),
    ...draw.maybe(0.08, () => ({ exportTo: draw.one([['.'], ['*'], ['default'], ['other']]) })),
    http: rules(draw, context),
  })
}

function hosts(draw: Draw, namespace: string): string[] {
  const own =
    namespace === 'default' ? ['b', 'b', 'c', 'b.default.svc.cluster.local'] : ['b.default.svc.cluster.local', 'd', 'b.other.svc.cluster.local']
  const near = draw.one([...own, 'd.other.svc.cluster.local', '*.default.svc.cluster.local'])
  const far = draw.one([...publicHosts, 'shop.example.com'])
  return draw.one([[near], [near], [near, far], [far]])
}

/** A VirtualService without hosts: rules that others lead to. */
function delegate(draw: Draw, index: number): Document {
  const context: RuleContext = { namespace: 'default', mesh: false, gateways: [], delegates: [] }
  return document('VirtualService', `delegate-${index}`, 'default', { http: rules(draw, context) })
}

function document(kind: string, name: string, namespace: string, spec: Json): Document {
  return { apiVersion, kind, metadata: { name, namespace }, spec }
}
