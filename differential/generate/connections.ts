import type { Behaviour, ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import { type Document, document } from './document.ts'
import { deployment, service } from './manifests.ts'
import type { Json } from './matches.ts'
import { meshConfigFor } from './mesh-config.ts'
import type { Scenery, Subject } from './scenery.ts'

const containerPorts = [8080, 9000, 9001, 8443].map((containerPort) => ({ containerPort }))

/** Ports that are no HTTP, or of which nobody says what they are, and rules for connections by address, port, name and who opens them. */
export const connections: Subject = (draw, count) => {
  const inbound = draw.maybe(0.25, () => ({ inbound: ['t-v1.default', 't-v2.default', 'u.other'] }))
  const ports: Json[] = [
    { name: draw.one(['tcp', 'tcp-main', 'mongo-x']), port: 9000, targetPort: 9000 },
    { name: 'tcp-two', port: 9001, targetPort: 9001 },
    // The clients of the oracle say of bytes, too, that they are HTTP: what a receiver makes of them that has to find out is not that of a mesh.
    draw.one<Json>([
      { name: 'http-x', appProtocol: 'tcp', port: 7000, targetPort: 8080 },
      { name: 'x', appProtocol: 'http', port: 7000, targetPort: 8080 },
      ...('inbound' in inbound
        ? []
        : [
            { name: 'other', port: 7000, targetPort: 8080 },
            { name: 'other', protocol: 'TCP', port: 7000, targetPort: 8080 },
          ]),
    ]),
    { name: draw.one(['tls', 'https', 'tls-x']), port: 8443, targetPort: 8443 },
  ]
  const pods = ['v1', 'v2'].flatMap((version) => [
    deployment(`t-${version}`, 'default', { labels: { app: 't', version }, containerPorts }),
    ...(version === 'v1' ? [deployment('u', 'other', { labels: { app: 'u', version }, containerPorts })] : []),
  ])
  const subsets = ['v1', 'v2', 'empty'].map((name) => ({ name, labels: { version: name === 'empty' ? 'v0' : name } }))
  const config = [
    service('t', 'default', 0, { ports }),
    service('u', 'other', 1, { ports }),
    ...pods,
    ...(draw.chance(0.85)
      ? [
          document('DestinationRule', 't', 'default', {
            host: 't',
            subsets,
            ...draw.maybe(0.3, () => ({ trafficPolicy: { connectionPool: { tcp: { maxConnections: 100 } } } })),
          }),
        ]
      : []),
    ...draw.many(1, 3, (i) => virtualService(draw, i)),
  ]
  // TLS within mutual TLS, to a port that a receiver's sidecar looks into, is answered in plaintext: that is not simulated.
  const isTaken = ({ request }: ObservedCall): boolean => !('inbound' in inbound && /^\w+ https:.*:7000\//.test(request))
  const scenery = {
    config,
    calls: callsOf(draw, count).filter(isTaken),
    ...draw.maybe(0.25, () => ({ meshConfig: meshConfigFor(draw) })),
    ...inbound,
  }
  return draw.chance(0.2) ? throughTunnels(draw, scenery) : scenery
}

/** The services of the oracle look for no TLS behind a CONNECT, and would have the body of their answer go through before anything else. */
function throughTunnels(draw: Draw, { config, calls, ...rest }: Scenery): Scenery {
  const same = draw.one<Behaviour>([{ body: '' }, { body: '' }, { status: 204 }, { status: 404 }, { status: 503 }, { reset: true }])
  return {
    ...rest,
    config: config.map((one) => (one.kind === 'DestinationRule' ? withTunnels(draw, one) : one)),
    calls: calls.filter(({ request }) => !/^\w+ https:/.test(request)),
    behaviour: Object.fromEntries(['t-v1.default', 't-v2.default', 'u.other'].map((workload) => [workload, same])),
  }
}

function withTunnels(draw: Draw, rule: Document): Document {
  const { subsets, trafficPolicy, ...spec } = rule.spec as { subsets: readonly Json[]; trafficPolicy?: Json }
  return {
    ...rule,
    spec: {
      ...spec,
      subsets: subsets.map((subset) => ({ ...subset, ...draw.maybe(0.4, () => ({ trafficPolicy: tunnel(draw) })) })),
      ...draw.maybe(0.7, () => ({ trafficPolicy: { ...trafficPolicy, ...tunnel(draw) } })),
    },
  }
}

function tunnel(draw: Draw): Json {
  const target = { targetHost: draw.one(['www.example.com', '192.0.2.9', 'b']), targetPort: draw.one([443, 8080]) }
  return { tunnel: { ...draw.maybe(0.5, () => ({ protocol: 'CONNECT' })), ...target } }
}

function virtualService(draw: Draw, index: number): Document {
  const hosts = draw.one([
    ['t'],
    ['t'],
    ['t.default.svc.cluster.local', 'u.other'],
    ['u.other.svc.cluster.local'],
    ['secure.example.com', '*.secure.example.com', 't'],
    ['10.96.40.1'],
  ])
  const tcp = (): Json => ({
    tcp: draw.many(1, 3, () => ({ ...draw.maybe(0.75, () => ({ match: draw.many(1, 2, () => tcpMatch(draw)) })), route: route(draw) })),
  })
  const tls = (): Json => ({
    tls: draw.many(1, 2, () => ({ match: draw.many(1, 2, () => ({ ...tcpMatch(draw), sniHosts: [sni(draw, hosts)] })), route: route(draw) })),
  })
  const kind = hosts[0] === 'secure.example.com' ? 'tls' : draw.one(['tcp', 'tcp', 'tls', 'both'])
  return document('VirtualService', `vs-${index}`, 'default', { hosts, ...(kind !== 'tls' && tcp()), ...(kind !== 'tcp' && tls()) })
}

function tcpMatch(draw: Draw): Json {
  return {
    ...draw.maybe(0.6, () => ({ port: draw.one([9000, 9001, 7000, 8443, 80]) })),
    ...draw.maybe(0.25, () => ({
      destinationSubnets: draw.one([['10.96.40.0/24'], ['10.96.40.1'], ['10.96.40.2/32', '10.0.0.0/30'], ['192.0.2.0/24']]),
    })),
    ...draw.maybe(0.25, () => ({ sourceLabels: draw.one<Json>([{ app: 'a' }, { app: 'd' }, { app: 'c', version: 'v1' }]) })),
    ...draw.maybe(0.15, () => ({ sourceNamespace: draw.one(['default', 'other']) })),
    ...draw.maybe(0.12, () => ({ gateways: draw.one([['mesh'], ['default/gw'], ['mesh', 'default/gw']]) })),
  }
}

function sni(draw: Draw, hosts: readonly string[]): string {
  const host = draw.one(hosts)
  return host.startsWith('*') ? draw.one([host, host.replace('*', 'x')]) : host
}

function route(draw: Draw): Json[] {
  const weights = draw.one([[null], [null], [null], [100], [50, 50], [0, 100]])
  return weights.map((weight) => ({ destination: destination(draw), ...(weight !== null && { weight }) }))
}

function destination(draw: Draw): Json {
  return {
    host: draw.one(['t', 't', 't.default.svc.cluster.local', 'u.other.svc.cluster.local', 'nobody']),
    ...draw.maybe(0.5, () => ({ subset: draw.one(['v1', 'v2', 'v2', 'empty', 'v9']) })),
    ...draw.maybe(0.4, () => ({ port: { number: draw.one([9000, 9001, 7000, 8443, 1234]) } })),
  }
}

function callsOf(draw: Draw, count: number): ObservedCall[] {
  return Array.from({ length: count }, () => {
    const secured = draw.chance(0.3)
    const host = secured
      ? draw.one(['t', 't.default.svc.cluster.local', 'secure.example.com', 'x.secure.example.com', 'u.other', 'u.other.svc.cluster.local'])
      : draw.one(['t', 't', 't.default', 'u.other', 't.default.svc.cluster.local', '10.96.40.1', '10.96.40.2', '192.0.2.7', 'nobody.example.org'])
    const port = secured ? draw.one([8443, 8443, 9000, 7000]) : draw.one([9000, 9000, 9001, 7000, 8443, 80])
    const from = draw.one(['a.default', 'a.default', 'd.other', 'c-v1.default'])
    return {
      from,
      request: `GET ${secured ? 'https' : 'http'}://${secured || !/^(t|u)/.test(host) ? host : reachable(host, from)}:${port}/${draw.one(['', 'x'])}`,
    }
  })
}

/** As the namespace of the caller may write it. */
function reachable(host: string, from: string): string {
  return host === 't' && from.endsWith('.other') ? 't.default' : host
}
