import type { ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import { type Aim, aimedCalls } from './aimed-calls.ts'
import { type Document, document } from './document.ts'
import { secret } from './manifests.ts'
import { type Json, match } from './matches.ts'
import { directResponse, redirect, rewrite } from './redirects.ts'
import type { Subject } from './scenery.ts'

/** Such as one VirtualService may have together: none within another. */
const hostSets = [
  ['shop.example.com'],
  ['shop.example.com', 'www.example.com'],
  ['*.example.com'],
  ['*.example.com', 'b.default.svc.cluster.local'],
  ['*'],
  ['x.sub.example.com', 'api.example.com'],
  ['*.sub.example.com', 'shop.example.com'],
]
const hosts = ['shop.example.com', 'www.example.com', '*.example.com', 'api.example.com', '*.sub.example.com', '*', 'b.default.svc.cluster.local']
const called = [
  'shop.example.com',
  'www.example.com',
  'any.example.com',
  'api.example.com',
  'x.sub.example.com',
  'nobody.example.org',
  'example.com',
  'b.default.svc.cluster.local',
]

/** Gateways with several servers, with and without TLS, and who may bind to which of their hosts. */
export const gateways: Subject = (draw, count) => {
  const gates = draw.many(1, 3, (i) => gateway(draw, i))
  const services = draw.many(1, 4, (i) => virtualService(draw, i, gates))
  const secrets = draw.maybe(0.95, () => ({ cert: 1 }))
  const rule = document('DestinationRule', 'b', 'default', {
    host: 'b',
    subsets: ['v1', 'v2'].map((version) => ({ name: version, labels: { version } })),
  })
  const config = [...('cert' in secrets ? [secret('cert', 'istio-system')] : []), ...gates, ...services, rule]
  return { config, calls: callsOf(draw, services, count) }
}

function gateway(draw: Draw, index: number): Document {
  const namespace = draw.one(['default', 'default', 'default', 'istio-system', 'other'])
  const selector = draw.one<Json>([
    { istio: 'ingressgateway' },
    { istio: 'ingressgateway' },
    { istio: 'ingressgateway' },
    { app: 'istio-ingressgateway' },
    { istio: 'nobody' },
  ])
  return document('Gateway', `gw-${index}`, namespace, { selector, servers: draw.many(1, 3, (i) => server(draw, `${index}-${i}`)) })
}

function server(draw: Draw, id: string): Json {
  const head = {
    hosts: draw.some(hosts, 1, 2).map((host) => `${draw.one(['', '', '', '', './', '*/', 'other/', 'default/'])}${host}`),
    ...draw.maybe(0.15, () => ({ name: `server-${id}` })),
  }
  return { ...draw.one([plain, plain, https, https, passthrough, tcp])(draw, id), ...head, ...draw.maybe(0.04, () => ({ bind: '0.0.0.0' })) }
}

function plain(draw: Draw, id: string): Json {
  const protocol = draw.one(['HTTP', 'HTTP', 'HTTP', 'HTTP2', 'GRPC'])
  return { port: { number: 80, name: `http-${id}`, protocol }, ...draw.maybe(0.25, () => ({ tls: { httpsRedirect: true } })) }
}

function https(draw: Draw, id: string): Json {
  const credential = draw.one<Json>([
    ...Array.from({ length: 12 }, () => ({ credentialName: 'cert' })),
    { credentialName: 'missing' },
    { credentialNames: ['cert'] },
  ])
  const mode = draw.one(['SIMPLE', 'SIMPLE', 'SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL'])
  const versions = draw.maybe(0.2, () => ({
    minProtocolVersion: draw.one(['TLSV1_2', 'TLSV1_3']),
    ...draw.maybe(0.4, () => ({ maxProtocolVersion: 'TLSV1_3' })),
  }))
  const more = mode === 'SIMPLE' ? {} : draw.maybe(0.3, () => ({ subjectAltNames: ['client.example.com'] }))
  const suites = draw.maybe(0.1, () => ({ cipherSuites: ['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'] }))
  const protocol = draw.one(['HTTPS', 'HTTPS', 'HTTPS', 'TLS'])
  return { port: { number: 443, name: `https-${id}`, protocol }, tls: { mode, ...credential, ...versions, ...more, ...suites } }
}

function passthrough(draw: Draw, id: string): Json {
  return { port: { number: 443, name: `tls-${id}`, protocol: draw.one(['TLS', 'TLS', 'HTTPS']) }, tls: { mode: 'PASSTHROUGH' } }
}

function tcp(draw: Draw, id: string): Json {
  return { port: { number: draw.one([443, 80]), name: `tcp-${id}`, protocol: 'TCP' } }
}

function virtualService(draw: Draw, index: number, gates: readonly Document[]): Document {
  const namespace = draw.one(['default', 'default', 'default', 'other'])
  const bound = draw
    .some(gates, 1, 2)
    .map(({ metadata }) => draw.one([`${metadata.namespace}/${metadata.name}`, `${metadata.namespace}/${metadata.name}`, metadata.name]))
  const own = draw.one(hostSets)
  const rules = draw.one<() => Json>([
    () => ({ http: draw.many(1, 3, () => httpRule(draw)) }),
    () => ({ http: draw.many(1, 3, () => httpRule(draw)) }),
    () => ({
      tls: draw.many(1, 2, () => ({ match: [{ ...draw.maybe(0.7, () => ({ port: 443 })), sniHosts: sniHosts(draw, own) }], route: l4Route(draw) })),
    }),
    () => ({ tcp: draw.many(1, 2, () => ({ ...draw.maybe(0.6, () => ({ match: [{ port: draw.one([443, 80]) }] })), route: l4Route(draw) })) }),
    () => ({
      http: [httpRule(draw)],
      tls: [{ match: [{ sniHosts: sniHosts(draw, own) }], route: l4Route(draw) }],
      tcp: [{ match: [{ port: 80 }], route: l4Route(draw) }],
    }),
  ])()
  return document('VirtualService', `vs-${index}`, namespace, {
    hosts: own,
    gateways: bound,
    ...draw.maybe(0.1, () => ({ exportTo: draw.one([['.'], ['*'], ['istio-system']]) })),
    ...rules,
  })
}

/** Within the hosts of the VirtualService, as istiod wants them. */
function sniHosts(draw: Draw, own: readonly string[]): string[] {
  const host = draw.one(own)
  if (!host.startsWith('*') || draw.chance(0.3)) return [host]
  return [host === '*' ? draw.one(['any.example.com', 'api.example.com', '*.example.com']) : host.replace('*', draw.one(['any', 'x']))]
}

function httpRule(draw: Draw): Json {
  const head = draw.maybe(0.6, () => ({ match: [match(draw, { mesh: false, gateways: [] })] }))
  const kind = draw.one(['route', 'route', 'route', 'redirect', 'direct'])
  if (kind === 'redirect') return { ...head, redirect: redirect(draw) }
  if (kind === 'direct') return { ...head, directResponse: directResponse(draw) }
  return { ...head, route: [{ destination: destination(draw) }], ...draw.maybe(0.2, () => ({ rewrite: rewrite(draw) })) }
}

function destination(draw: Draw): Json {
  const host = draw.one(['b.default.svc.cluster.local', 'b.default.svc.cluster.local', 'd.other.svc.cluster.local', 'c.default.svc.cluster.local'])
  return {
    host,
    ...draw.maybe(host.startsWith('b') ? 0.5 : 0.05, () => ({ subset: draw.one(['v1', 'v2']) })),
    port: { number: draw.one([80, 80, 9090]) },
  }
}

function l4Route(draw: Draw): Json[] {
  return draw.chance(0.75)
    ? [{ destination: destination(draw) }]
    : [
        { destination: destination(draw), weight: 50 },
        { destination: destination(draw), weight: 50 },
      ]
}

function callsOf(draw: Draw, services: readonly Document[], count: number): ObservedCall[] {
  const aims = services.flatMap(({ spec }): Aim[] => {
    const rules = [...((spec['http'] ?? [{}]) as (Json & { match?: Json[] })[])]
    return rules.flatMap((rule) =>
      (rule.match ?? [{}]).map((one): Aim => ({ hosts: called, from: ['ingressgateway'], ports: [''], match: one, rule, schemes: ['http'] })),
    )
  })
  const secured = aims.map((aim): Aim => ({ ...aim, ports: [':443'], schemes: ['https', 'https', 'https', 'http'] }))
  return aimedCalls(draw, [...aims, ...secured], count)
}
