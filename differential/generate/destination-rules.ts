import type { Draw } from '../draw.ts'
import { aimedCalls } from './aimed-calls.ts'
import { behaviours } from './behaviours.ts'
import { type Document, document } from './document.ts'
import { secretInWords } from './manifests.ts'
import type { Json } from './matches.ts'
import { meshConfigFor } from './mesh-config.ts'
import type { Subject } from './scenery.ts'
import { fullPolicy, originatedTls, originSecret } from './traffic-policies.ts'

/** Which of many DestinationRules speaks for a service, what several come to together, and every field of their policies. */
export const destinationRules: Subject = (draw, count) => {
  const rules = draw.many(1, 5, (i) => destinationRule(draw, i))
  const routes = draw.many(0, 2, (i) => toSubsets(draw, i))
  // A gateway was dialled itself: a cluster that keeps the client's destination would lead back to it.
  const atGateway = draw.chance(0.35) && !JSON.stringify(rules).includes('PASSTHROUGH') ? gatewayTo(draw) : []
  const secrets = JSON.stringify(rules).includes(`"${originSecret}"`)
    ? ['default', 'other', 'istio-system'].map((one) => secretInWords(originSecret, one))
    : []
  const config = [...secrets, ...rules, ...routes, ...atGateway]
  const inMesh = {
    hosts: ['b', 'b', 'c', 'b.default.svc.cluster.local', 'd.other', 'h', 'b.other'],
    from: ['a.default', 'a.default', 'c-v1.default', 'd.other'],
    ports: ['', '', ':9090'],
    match: {},
    rule: {},
  }
  const outside = { ...inMesh, hosts: ['shop.example.com'], from: ['ingressgateway'], ports: [''] }
  const aims = atGateway.length > 0 ? [inMesh, inMesh, outside] : [inMesh]
  const keyed = aims.map((aim) => ({ ...aim, match: keys }))
  return {
    config,
    behaviour: behaviours(draw, config),
    calls: aimedCalls(draw, [...aims, ...keyed], count),
    ...draw.maybe(0.25, () => ({ meshConfig: meshConfigFor(draw) })),
    ...draw.maybe(0.25, () => ({
      inbound: draw.one([['b-v1.default', 'b-v2.default'], ['c-v1.default', 'c-v2.default', 'c-v3.default'], ['d.other']]),
    })),
  }
}

/** What balancers make keys of. */
const keys: Json = { headers: { 'x-env': { regex: '[a-z]+' }, 'end-user': { exact: 'jason' } }, queryParams: { user: { exact: 'v1.2' } } }

const hostsOf: Readonly<Record<string, readonly string[]>> = {
  default: [
    'b',
    'b',
    'b.default.svc.cluster.local',
    'c',
    '*.default.svc.cluster.local',
    '*.svc.cluster.local',
    '*',
    '*b',
    'd.other',
    'h',
    'd.other.svc.cluster.local',
  ],
  other: ['d', 'b', 'b.default.svc.cluster.local', '*.default.svc.cluster.local', '*.other.svc.cluster.local', 'd.other.svc.cluster.local'],
  'istio-system': ['b.default.svc.cluster.local', '*.local', '*.svc.cluster.local', 'd.other.svc.cluster.local'],
}

function destinationRule(draw: Draw, index: number): Document {
  const namespace = draw.one(['default', 'default', 'default', 'other', 'istio-system'])
  // A rule for some workloads is for those of its own namespace.
  const selects = draw.chance(0.15)
  return document('DestinationRule', `rule-${index}`, namespace, {
    host: draw.one(hostsOf[namespace]!),
    ...draw.maybe(0.7, () => ({ trafficPolicy: secured(draw, fullPolicy(draw, [80, 9090])) })),
    ...draw.maybe(0.7, () => ({ subsets: subsets(draw) })),
    ...(selects ? {} : draw.maybe(0.2, () => ({ exportTo: draw.one([['.'], ['*'], ['other'], ['default', 'other'], ['istio-system']]) }))),
    ...(selects && {
      workloadSelector: { matchLabels: draw.one<Json>([{ app: 'a' }, { app: 'd' }, { app: 'a', version: 'v1' }, { app: 'nobody' }]) },
    }),
  })
}

function secured(draw: Draw, policy: Json): Json {
  return draw.chance(0.12) ? { ...policy, tls: originatedTls(draw) } : policy
}

function subsets(draw: Draw): Json[] {
  return draw.some(['v1', 'v2', 'v3', 'all', 'empty'], 1, 4).map((name) => ({
    name,
    labels: name === 'all' ? {} : { version: name === 'empty' ? 'v0' : name, ...draw.maybe(0.1, () => ({ app: draw.one(['b', 'c']) })) },
    ...draw.maybe(0.35, () => ({ trafficPolicy: secured(draw, fullPolicy(draw, [80, 9090])) })),
  }))
}

function toSubsets(draw: Draw, index: number): Document {
  const host = draw.one(['b', 'c', 'd.other'])
  const subset = (): Json => draw.maybe(0.8, () => ({ subset: draw.one(['v1', 'v2', 'v3', 'all', 'empty']) }))
  const http = [
    ...draw.many(0, 2, () => ({
      match: [{ headers: { 'x-env': { exact: draw.one(['prod', 'jason', 'v1.2']) } } }],
      route: [{ destination: { host: draw.one(['b', 'c', host]), ...subset() } }],
    })),
    { route: [{ destination: { host, ...subset(), ...draw.maybe(0.2, () => ({ port: { number: draw.one([80, 9090]) } })) } }] },
  ]
  return document('VirtualService', `vs-${index}`, 'default', { hosts: [host], http })
}

function gatewayTo(draw: Draw): Document[] {
  const hosts = ['shop.example.com']
  const route = [
    {
      destination: {
        host: draw.one(['b', 'c', 'd.other']),
        port: { number: 80 },
        ...draw.maybe(0.6, () => ({ subset: draw.one(['v1', 'v2', 'all']) })),
      },
    },
  ]
  return [
    document('Gateway', 'gw', 'default', {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts }],
    }),
    document('VirtualService', 'shop', 'default', { hosts, gateways: ['gw'], http: [{ route }] }),
  ]
}
