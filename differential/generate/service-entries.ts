import type { ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import { type Document, document } from './document.ts'
import { secretInWords } from './manifests.ts'
import type { Json } from './matches.ts'
import { meshConfigFor, outboundTrafficPolicy } from './mesh-config.ts'
import type { Subject } from './scenery.ts'
import { loadBalancer, originatedTls, originSecret } from './traffic-policies.ts'

const names = ['api.ext.test', 'www.ext.test', '*.ext.test', 'db.ext.test', '*.wide.test', 'b.default.svc.cluster.local', 'intern.mesh.test']
const called = [
  'api.ext.test',
  'www.ext.test',
  'any.ext.test',
  'any.sub.ext.test',
  'db.ext.test',
  'x.wide.test',
  'a.b.wide.test',
  'intern.mesh.test',
  'nobody.ext.org',
  'wide.test',
  'b',
  '240.1.1.1',
  '192.0.2.11',
]

/** Services that no Kubernetes knows: every location, resolution and way to say where they are. */
export const serviceEntries: Subject = (draw, count) => {
  const entries = draw.many(1, 4, (i) => entry(draw, i))
  const workloads = entries.some(({ spec }) => 'workloadSelector' in spec) ? draw.many(0, 3, (i) => workloadEntry(draw, i)) : []
  const rules = draw.many(0, 2, (i) => destinationRule(draw, i, entries))
  const routes = draw.many(0, 2, (i) => virtualService(draw, i, entries))
  const secrets = JSON.stringify(rules).includes(`"${originSecret}"`) ? ['default', 'other'].map((one) => secretInWords(originSecret, one)) : []
  const originates = rules.some(({ spec }) => JSON.stringify(spec).includes('"tls"'))
  return {
    config: [...secrets, ...entries, ...workloads, ...rules, ...routes],
    calls: callsOf(draw, routes.length > 0, count).filter((call) => !(originates && isTlsAsBytes(call))),
    ...draw.maybe(0.4, () => ({ meshConfig: draw.chance(0.6) ? { outboundTrafficPolicy: outboundTrafficPolicy(draw) } : meshConfigFor(draw) })),
  }
}

/** TLS within TLS is read by the oracle's servers, as by none of a user's. */
function isTlsAsBytes({ request }: ObservedCall): boolean {
  return /^\w+ https:\/\/[^/]*:9000\//.test(request)
}

function entry(draw: Draw, index: number): Document {
  const namespace = draw.one(['default', 'default', 'default', 'other'])
  const drawn = draw.some(names, 1, 2)
  const wild = drawn.some((host) => host.startsWith('*'))
  const resolution = draw.one(wild ? ['NONE', 'STATIC', 'DYNAMIC_DNS'] : ['NONE', 'STATIC', 'STATIC', 'DNS', 'DNS', 'DNS_ROUND_ROBIN'])
  const isByName = resolution === 'DYNAMIC_DNS'
  const hosts = isByName ? drawn.filter((host) => host.startsWith('*')) : drawn
  const selects = resolution === 'STATIC' && draw.chance(0.3)
  // One with an address has all the ports that are called, since nobody answers there on others.
  const addressed = hosts.length === 1 && draw.chance(resolution === 'NONE' ? 0.15 : 0.3)
  const ports = portsOf(draw, addressed ? 4 : 1).filter(({ protocol }) =>
    isByName ? foundByName.has(protocol as string) : hosts.length === 1 || !['TCP', 'MONGO', 'MYSQL'].includes(protocol as string),
  )
  const spec = {
    hosts,
    ...(addressed && { addresses: draw.one([['240.1.1.1'], [`240.1.2.${index + 1}`], ...(resolution === 'NONE' ? [['192.0.2.0/24']] : [])]) }),
    ports: ports.length > 0 ? ports : [{ number: 80, name: 'http', protocol: 'HTTP' }],
    ...draw.maybe(0.7, () => ({ location: draw.one(['MESH_EXTERNAL', 'MESH_INTERNAL']) })),
    ...draw.maybe(resolution === 'NONE' ? 0.5 : 1, () => ({ resolution })),
    ...draw.maybe(0.15, () => ({ exportTo: draw.one([['.'], ['*'], ['other'], ['default']]) })),
    ...draw.maybe(0.12, () => ({ subjectAltNames: draw.one([['api.ext.test'], ['nobody.ext.test']]) })),
    ...(selects && {
      workloadSelector: { labels: draw.one<Json>([{ app: 'c', version: 'v2' }, { app: 'vm' }, { app: 'vm', version: 'v1' }, { app: 'b' }]) },
    }),
    // The oracle's DNS gives Envoy an entry's address for its name, as no resolver outside the mesh does.
    ...(!['NONE', 'DYNAMIC_DNS'].includes(resolution) &&
      !selects &&
      draw.maybe(addressed ? 1 : 0.8, () => ({ endpoints: endpoints(draw, resolution, ports, index) }))),
  }
  // Which of several entries of one host, namespace and age istiod takes for the first is chance.
  return document('ServiceEntry', `entry-${index}`, namespace, spec, { creationTimestamp: `2024-01-01T00:0${draw.between(0, 5)}:0${index}Z` })
}

/** Protocols that DYNAMIC_DNS is for. */
const foundByName = new Set(['HTTP', 'HTTP2', 'GRPC', 'TLS'])

function portsOf(draw: Draw, least: number): Json[] {
  const all: Json[] = [
    { number: 80, name: 'http', protocol: draw.one(['HTTP', 'HTTP', 'HTTP', 'HTTP2', 'GRPC']), ...draw.maybe(0.3, () => ({ targetPort: 8080 })) },
    { number: 9090, name: 'http-two', protocol: 'HTTP' },
    { number: 9000, name: 'tcp', protocol: draw.one(['TCP', 'TCP', 'MONGO', 'MYSQL']) },
    { number: 443, name: 'tls', protocol: draw.one(['TLS', 'HTTPS']) },
  ]
  return draw.some(all, least, Math.max(3, least))
}

function endpoints(draw: Draw, resolution: string, ports: readonly Json[], index: number): Json[] {
  return draw.many(1, resolution === 'DNS_ROUND_ROBIN' ? 1 : 3, (i) => {
    // Nobody is of two entries: who is called is told by the address.
    const number = 11 + 10 * index + i
    const isOfMesh = i === 0 && leadsToService(ports) && draw.chance(0.2)
    const address = isOfMesh
      ? addressOfService(draw, resolution)
      : resolution === 'STATIC'
        ? `192.0.2.${number}`
        : draw.one([`host-${number}.ext.org`, `192.0.2.${number}`])
    const named = draw.maybe(isOfMesh ? 0 : 0.25, () => ({ ports: { [(ports[0]?.['name'] ?? 'http') as string]: 7070 } }))
    return {
      address,
      ...named,
      labels: { app: 'ext', version: draw.one(['v1', 'v2']), at: String(i) },
      ...draw.maybe(0.25, () => ({ weight: draw.one([1, 5, 100]) })),
      ...draw.maybe(0.15, () => ({ locality: draw.one(['region1/zone1', 'region2/zone3/sub1']) })),
      ...draw.maybe(0.08, () => ({ serviceAccount: 'ext' })),
      ...draw.maybe(0.1, () => ({ network: draw.one(['one', 'two']) })),
    }
  })
}

/** The service of one pod in the world `shop`, which has these ports. */
function leadsToService(ports: readonly Json[]): boolean {
  return ports.every(({ number, targetPort }) => (number === 80 || number === 9090) && targetPort === undefined)
}

function addressOfService(draw: Draw, resolution: string): string {
  return resolution === 'STATIC' ? '10.96.20.11' : draw.one(['10.96.20.11', 'b-v1.default.svc.cluster.local'])
}

function workloadEntry(draw: Draw, index: number): Document {
  const spec = {
    address: `192.0.2.${61 + index}`,
    labels: { app: draw.one(['vm', 'vm', 'b']), version: draw.one(['v1', 'v2']), ...draw.maybe(0.1, () => ({ 'istio-locality': 'region2.zone3' })) },
    ...draw.maybe(0.3, () => ({ ports: { http: 7071 } })),
    ...draw.maybe(0.2, () => ({ weight: draw.one([1, 10]) })),
    ...draw.maybe(0.15, () => ({ locality: 'region1/zone1' })),
    ...draw.maybe(0.15, () => ({ serviceAccount: 'vm' })),
    ...draw.maybe(0.1, () => ({ network: 'one' })),
  }
  const own = draw.maybe(0.2, () => ({ labels: draw.one<Record<string, string>>([{ version: 'v1' }, { app: 'vm' }]) }))
  return document('WorkloadEntry', `vm-${index}`, draw.one(['default', 'default', 'default', 'other']), spec, own)
}

function destinationRule(draw: Draw, index: number, entries: readonly Document[]): Document {
  const host = draw.one((draw.one(entries).spec['hosts'] as string[]).filter(Boolean))
  return document('DestinationRule', `rule-${index}`, 'default', {
    host,
    ...draw.one([
      () => ({}),
      () => ({ trafficPolicy: { loadBalancer: loadBalancer(draw) } }),
      () => ({ trafficPolicy: { loadBalancer: loadBalancer(draw) } }),
      () => (JSON.stringify(entries).includes('"name":"tls"') ? {} : { trafficPolicy: { tls: originatedTls(draw) } }),
    ])(),
    subsets: ['v1', 'v2'].map((version) => ({ name: version, labels: { version } })),
  })
}

function virtualService(draw: Draw, index: number, entries: readonly Document[]): Document {
  const hosts = draw.one(entries).spec['hosts'] as string[]
  const drawn = draw.one(hosts)
  // A rule for a part of a wildcard entry acts for nobody.
  const host = drawn.startsWith('*') && draw.chance(0.2) ? drawn.replace('*', '*.sub') : drawn
  const route = [
    {
      destination: {
        host: draw.one([drawn, draw.one(draw.one(entries).spec['hosts'] as string[])]),
        ...draw.maybe(0.3, () => ({ subset: draw.one(['v1', 'v2']) })),
        ...draw.maybe(0.3, () => ({ port: { number: draw.one([80, 9090, 443]) } })),
      },
    },
  ]
  const http = {
    http: [
      {
        ...draw.maybe(0.3, () => ({ match: [{ uri: { prefix: '/x' } }] })),
        headers: { request: { set: { 'x-rule': String(index) } } },
        ...draw.maybe(0.2, () => ({ timeout: '5s' })),
        route,
      },
    ],
  }
  const tls = { tls: [{ match: [{ port: 443, sniHosts: [host] }], route }] }
  return document('VirtualService', `vs-${index}`, 'default', { hosts: [host], ...draw.one<Json>([http, http, tls, { ...http, ...tls }]) })
}

function callsOf(draw: Draw, routed: boolean, count: number): ObservedCall[] {
  return Array.from({ length: count }, () => {
    const secured = draw.chance(0.2)
    const name = draw.one(called)
    const host = secured && /^\d/.test(name) ? 'api.ext.test' : name === 'b' ? 'b.default' : name
    const port = secured ? draw.one([443, 443, 9000]) : draw.one([80, 80, 80, 9090, 9000, 443])
    return {
      from: draw.one(['a.default', 'a.default', 'd.other']),
      request: `GET ${secured ? 'https' : 'http'}://${host}${port === 80 || (secured && port === 443) ? '' : `:${port}`}/${draw.one(['', 'x', 'y'])}`,
      ...(routed && draw.maybe(0.2, () => ({ headers: { 'x-env': draw.one(['one', 'two']) } }))),
    }
  })
}
