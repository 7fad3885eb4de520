import type { ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import { type Aim, aimedCalls, withMany } from './aimed-calls.ts'
import { behaviours } from './behaviours.ts'
import { type Document, document } from './document.ts'
import type { Json } from './matches.ts'
import { trafficPolicy } from './policies.ts'
import { type RuleContext, rules } from './rules.ts'
import type { Subject } from './scenery.ts'
import { destinations, publicHosts } from './words.ts'

/** Gateways, DestinationRules and VirtualServices of one mesh. */
export const httpRouting: Subject = (draw, count) => {
  const gateways = draw.chance(0.45) ? [gateway(draw)] : []
  const delegates = draw.chance(0.2) ? draw.many(1, 2, (i) => delegate(draw, i)) : []
  const virtualServices = draw.many(1, 3, (i) => virtualService(draw, i, gateways, delegates))
  const config = [...gateways, ...destinationRules(draw), ...virtualServices, ...delegates]
  return { config, behaviour: behaviours(draw, config), calls: callsOf(draw, config, count) }
}

const callers = ['a.default', 'a.default', 'a.default', 'a.default', 'c-v1.default', 'd.other']

/** What calls to a VirtualService aim at. */
export function aimsOf({ spec }: Document): Aim[] {
  const rules = spec['http'] as (Json & { match?: Json[] })[]
  const hosts = (spec['hosts'] ?? []) as string[]
  const gateway = ((spec['gateways'] ?? []) as string[]).includes('default/gw')
  return rules.flatMap((rule) =>
    (rule.match ?? [{}]).flatMap((match): Aim[] => {
      const inMesh: Aim = { hosts, from: callers, ports: ['', '', '', '', ':80', ':9090'], match, rule }
      const atGateway: Aim = { hosts, from: ['ingressgateway'], ports: [''], match, rule }
      return gateway ? [inMesh, inMesh, atGateway, atGateway, atGateway] : [inMesh]
    }),
  )
}

function callsOf(draw: Draw, config: readonly Document[], count: number): ObservedCall[] {
  const aims = config.filter(({ kind }) => kind === 'VirtualService').flatMap(aimsOf)
  const single = aimedCalls(draw, aims, count)
  const drawsLots = aims.some(({ rule }) => ((rule['route'] ?? []) as unknown[]).length > 1 || JSON.stringify(rule).includes('"value":50'))
  return drawsLots && draw.chance(0.12) ? withMany(draw, single) : single
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
