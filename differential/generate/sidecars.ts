import type { Draw } from '../draw.ts'
import { aimedCalls } from './aimed-calls.ts'
import { type Document, document } from './document.ts'
import type { Json } from './matches.ts'
import { meshConfigFor } from './mesh-config.ts'
import type { Subject } from './scenery.ts'
import { connectionPool } from './traffic-policies.ts'

/** What a Sidecar lets a workload see, and which Sidecar is a workload's. */
export const sidecars: Subject = (draw, count) => {
  const config = [...draw.many(1, 4, (i) => sidecar(draw, i)), ...draw.many(0, 2, (i) => receiver(draw, i)), ...others(draw)]
  const hosts = ['b', 'c', 'b.default', 'd.other', 'b.other', 'h', 'api.ext.test', 'nobody.example.org', 'new.default', '10.96.20.2']
  const aim = {
    hosts,
    from: ['a.default', 'a.default', 'c-v1.default', 'd.other'],
    ports: ['', '', '', ':9090', ':9090', ':7777'],
    match: {},
    rule: {},
  }
  const bytes = { ...aim, hosts: ['t.default'], ports: [':9000'] }
  return { config, calls: aimedCalls(draw, [aim, aim, aim, bytes], count), ...draw.maybe(0.3, () => ({ meshConfig: meshConfigFor(draw) })) }
}

function sidecar(draw: Draw, index: number): Document {
  const namespace = draw.one(['default', 'default', 'default', 'other', 'istio-system'])
  const selects = namespace !== 'istio-system' && draw.chance(0.5)
  const filters = draw.chance(selects ? 0.85 : 1)
  return document('Sidecar', `sidecar-${index}`, namespace, {
    ...(selects && { workloadSelector: { labels: draw.one<Json>([{ app: 'a' }, { app: 'c' }, { app: 'd' }, { app: 'nobody' }]) } }),
    ...(filters && { egress: egress(draw) }),
    ...draw.maybe(filters ? 0.4 : 1, () => ({ outboundTrafficPolicy: outboundTrafficPolicy(draw) })),
  })
}

function outboundTrafficPolicy(draw: Draw): Json {
  const mode = draw.one(['REGISTRY_ONLY', 'ALLOW_ANY'])
  if (mode === 'REGISTRY_ONLY' || draw.chance(0.7)) return { mode }
  const host = draw.one(['b.default.svc.cluster.local', 'c.default.svc.cluster.local', 'd.other.svc.cluster.local', 'c'])
  return { mode, egressProxy: { host, ...draw.maybe(0.9, () => ({ port: { number: 80 } })), ...draw.maybe(0.2, () => ({ subset: 'v1' })) } }
}

/** Which ports the sidecar of a called workload takes, as what it reads them, and where it leads them. */
function receiver(draw: Draw, index: number): Document {
  const [namespace, app] = draw.one([
    ['default', 'b'],
    ['default', 'c'],
    ['other', 'd'],
  ])
  const ingress = draw.some([8080, 9090, 7000], 1, 2).map((number) => {
    const protocol = draw.one(['HTTP', 'HTTP', 'HTTP2', 'GRPC', 'TCP'])
    return {
      port: { number, name: `port-${number}`, protocol },
      ...defaultEndpoint(draw, number, protocol),
      ...draw.maybe(0.1, () => ({ captureMode: draw.one(['DEFAULT', 'IPTABLES']) })),
      ...draw.maybe(0.25, () => ({ connectionPool: inboundPool(draw) })),
    }
  })
  return document('Sidecar', `receiver-${index}`, namespace!, {
    workloadSelector: { labels: { app: app!, ...draw.maybe(0.4, () => ({ version: draw.one(['v1', 'v2']) })) } },
    ...draw.maybe(0.85, () => ({ ingress })),
    ...draw.maybe(0.3, () => ({ inboundConnectionPool: inboundPool(draw) })),
    egress: [{ hosts: ['*/*'] }],
  })
}

/**
 * Applications listen at the address of the pod on 8080 and 9090. Bytes always find somebody: what a sidecar writes of those that do not names no call, and on
 * the envoy target nobody knows whose line it is.
 */
function defaultEndpoint(draw: Draw, number: number, protocol: string): Json {
  if (protocol === 'TCP') return number === 7000 || draw.chance(0.5) ? { defaultEndpoint: `0.0.0.0:${draw.one([8080, 9090])}` } : {}
  return draw.maybe(0.6, () => ({ defaultEndpoint: `${draw.one(['127.0.0.1', '0.0.0.0'])}:${draw.one([number, 8080, 9090, 7001])}` }))
}

/** Of versions of HTTP only the client's own acts on the way in. */
function inboundPool(draw: Draw): Json {
  if (draw.chance(0.5)) return connectionPool(draw)
  return { http: draw.one<Json>([{ h2UpgradePolicy: draw.one(['UPGRADE', 'DO_NOT_UPGRADE']) }, { useClientProtocol: draw.chance(0.7) }]) }
}

const hostLists = [
  ['./*'],
  ['*/*'],
  ['./b.default.svc.cluster.local'],
  ['default/*', 'istio-system/*'],
  ['other/*'],
  ['*/b.default.svc.cluster.local', 'other/d.other.svc.cluster.local'],
  ['~/*'],
  ['*/*.svc.cluster.local'],
  ['./api.ext.test', '*/*.example.org'],
  ['default/c.default.svc.cluster.local', 'default/new.default.svc.cluster.local'],
  ['other/b.other.svc.cluster.local'],
  ['*/*', '~other/*'],
  ['./t.default.svc.cluster.local', './b.default.svc.cluster.local'],
  ['./*', 'other/*', '~/b.default.svc.cluster.local', '~./api.ext.test'],
  ['*/*.svc.cluster.local', '~other/*.other.svc.cluster.local'],
]

/** The last one alone may have no port. */
function egress(draw: Draw): Json[] {
  const ported = draw.many(0, 2, (i): Json => {
    const number = [9090, 80, 7777][draw.between(0, 1) + (i === 1 ? 1 : 0)]!
    const port = { number, name: `http-${i}`, protocol: draw.one(['HTTP', 'HTTP', 'TCP', 'HTTP2', 'GRPC']) }
    return {
      port,
      hosts: draw.one(hostLists),
      ...draw.maybe(0.1, () => ({ captureMode: draw.one(['DEFAULT', 'IPTABLES']) })),
      ...draw.maybe(0.08, () => ({ bind: '10.96.20.3' })),
    }
  })
  const numbers = new Set<number>()
  const distinct = ported.filter(({ port }) => {
    const { number } = port as { number: number }
    return !numbers.has(number) && numbers.add(number)
  })
  return distinct.length > 0 && draw.chance(0.3)
    ? distinct
    : [...distinct, { hosts: draw.one(hostLists), ...draw.maybe(0.08, () => ({ captureMode: 'DEFAULT' })) }]
}

/** What a Sidecar may bring into sight, or not. */
function others(draw: Draw): Document[] {
  const entry = document('ServiceEntry', 'ext', draw.one(['default', 'other']), {
    hosts: ['api.ext.test'],
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    resolution: 'STATIC',
    endpoints: [{ address: '192.0.2.11', labels: { app: 'ext', version: 'v1' } }],
    ...draw.maybe(0.2, () => ({ exportTo: ['.'] })),
  })
  const namespace = draw.one(['default', 'other'])
  const virtualService = document('VirtualService', 'vs', namespace, {
    hosts: [draw.one(['b.default.svc.cluster.local', 'new.default.svc.cluster.local', 'd.other.svc.cluster.local'])],
    ...draw.maybe(0.2, () => ({ exportTo: ['.'] })),
    http: [
      {
        route: [
          {
            destination: {
              host: draw.one(['b.default.svc.cluster.local', 'c.default.svc.cluster.local', 'api.ext.test']),
              ...draw.maybe(0.3, () => ({ subset: 'v1' })),
            },
          },
        ],
      },
    ],
  })
  const rule = document('DestinationRule', 'rule', draw.one(['default', 'other', 'istio-system']), {
    host: 'b.default.svc.cluster.local',
    subsets: [{ name: 'v1', labels: { version: 'v1' } }],
    ...draw.maybe(0.3, () => ({ trafficPolicy: { loadBalancer: { simple: 'ROUND_ROBIN' } } })),
  })
  // It has no receiver, who would have to find out what bytes are.
  const destination = { host: 'b.other.svc.cluster.local', port: { number: 80 } }
  const ofBytes = document('VirtualService', 'bytes', 'default', { hosts: ['t'], tcp: [{ route: [{ destination }] }] })
  return draw.some([entry, virtualService, rule, ofBytes], 0, 4)
}
