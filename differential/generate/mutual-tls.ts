import type { ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import { type Document, document, securityDocument } from './document.ts'
import { deployment, service } from './manifests.ts'
import type { Json } from './matches.ts'
import type { Subject } from './scenery.ts'

const containerPorts = [8080, 9000, 7000].map((containerPort) => ({ containerPort }))

/** What workloads ask of those who call them, and what rules have clients begin: with sidecars and without, from outside, and to a workload that has none. */
export const mutualTls: Subject = (draw, count) => {
  const policies = draw.many(1, 4, (i) => policy(draw, i))
  const rules = draw.some(hosts, 0, 3).map((host, i) => rule(draw, host, i))
  return {
    config: [...machines, gateway, virtualService, ...policies, ...rules],
    calls: Array.from({ length: count }, () => call(draw)),
    inbound: ['m-v1.default', 'b-v1.default', 'b-v2.default', 'h.default', 'd.other'],
    ...draw.maybe(0.25, () => ({ meshConfig: draw.one<Json>([{ enableAutoMtls: false }, { rootNamespace: 'other' }]) })),
  }
}

/** A service of ports of every kind. */
const machines: readonly Document[] = [
  service('m', 'default', 0, {
    ports: [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'tcp-m', port: 9000, targetPort: 9000 },
      { name: 'any', port: 7000, targetPort: 7000 },
      // At these nobody listens but the sidecar.
      { name: 'http-none', port: 81, targetPort: 8181 },
      { name: 'tcp-none', port: 9001, targetPort: 9191 },
      { name: 'any-none', port: 7001, targetPort: 7171 },
    ],
  }),
  deployment('m-v1', 'default', { labels: { app: 'm', version: 'v1' }, containerPorts }),
]

const gateway = document('Gateway', 'gw', 'default', {
  selector: { istio: 'ingressgateway' },
  servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
})

const virtualService = document('VirtualService', 'all', 'default', {
  hosts: ['shop.example.com'],
  gateways: ['gw'],
  http: [
    { match: [{ uri: { prefix: '/h' } }], route: [{ destination: { host: 'h', port: { number: 9090 } } }] },
    { match: [{ uri: { prefix: '/d' } }], route: [{ destination: { host: 'd.other.svc.cluster.local', port: { number: 80 } } }] },
    { route: [{ destination: { host: 'm', port: { number: 80 } } }] },
  ],
})

const modes = ['STRICT', 'PERMISSIVE', 'DISABLE', 'UNSET']
const selectors = [{ app: 'm' }, { app: 'm' }, { app: 'b' }, { app: 'b', version: 'v1' }, { app: 'h' }, { app: 'nobody' }]

function policy(draw: Draw, index: number): Document {
  const namespace = draw.one(['default', 'default', 'default', 'other', 'istio-system'])
  const selected = draw.chance(0.6)
  const spec = {
    ...(selected && { selector: { matchLabels: namespace === 'other' ? { app: 'd' } : draw.one(selectors) } }),
    ...draw.maybe(0.85, () => ({ mtls: { mode: draw.one(modes) } })),
    ...(selected && draw.maybe(0.4, () => ({ portLevelMtls: ports(draw) }))),
  }
  const age = draw.maybe(0.4, () => ({ creationTimestamp: draw.one(['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z']) }))
  return securityDocument('PeerAuthentication', `policy-${index}`, namespace, spec, age)
}

function ports(draw: Draw): Json {
  return Object.fromEntries(draw.some(['8080', '9000', '7000', '80', '9191'], 1, 3).map((port) => [port, { mode: draw.one(modes) }]))
}

const hosts = ['m', 'b', 'h', 'd.other.svc.cluster.local', 'c']

function rule(draw: Draw, host: string, index: number): Document {
  const tls = (): Json => ({ tls: { mode: draw.one(['DISABLE', 'DISABLE', 'ISTIO_MUTUAL']) } })
  const trafficPolicy = {
    ...draw.maybe(0.7, tls),
    ...draw.maybe(0.3, () => ({
      portLevelSettings: [{ port: { number: draw.one([80, 9000]) }, ...(draw.chance(0.6) ? tls() : { loadBalancer: { simple: 'RANDOM' } }) }],
    })),
  }
  return document('DestinationRule', `rule-${index}`, 'default', { host, ...(Object.keys(trafficPolicy).length > 0 && { trafficPolicy }) })
}

function call(draw: Draw): ObservedCall {
  const from = draw.one(['a.default', 'a.default', 'c-v1.default', 'd.other', 'plain', 'ingressgateway'])
  if (from === 'ingressgateway') return { from, request: `GET http://shop.example.com/${draw.one(['x', 'h', 'd'])}` }
  const far = from === 'd.other'
  const own = ['m', 'm:9000', 'm:7000', 'm:81', 'm:9001', 'm:7001', 'b', 'b:9090', 'h:9090', 'c'].map((host) =>
    far ? host.replace(/^\w+/, '$&.default') : host,
  )
  // Headless services have no address that the recorder's plain client could dial.
  const near = from === 'plain' ? own.filter((host) => !host.startsWith('h')) : own
  return { from, request: `GET http://${draw.one([...near, 'd.other'])}/x` }
}
