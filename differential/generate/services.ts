import type { Draw } from '../draw.ts'
import { aimedCalls } from './aimed-calls.ts'
import { type Document, document, plainDocument } from './document.ts'
import { podsOf, service } from './manifests.ts'
import type { Json } from './matches.ts'
import type { Subject } from './scenery.ts'

/** Kubernetes services of every type, what their ports say of themselves, and where their endpoints come from. */
export const services: Subject = (draw, count) => {
  const names = ['e', 'f', 'g']
  const kinds = names.map(() => draw.one(['cluster', 'cluster', 'headless', 'external name', 'no selector', 'outside']))
  const config = names.flatMap((name, i) => manifests(draw, name, kinds[i]!, i))
  const rules = draw.many(0, 2, () => destinationRule(draw, draw.one(names)))
  const routes = draw.many(0, 2, (i) => virtualService(draw, i, names))
  const distinct = [...new Map(rules.map((rule) => [rule.metadata.name, rule])).values()]
  const hosts = names.flatMap((name) => [name, `${name}.default`, `${name}.default.svc.cluster.local`])
  const inMesh = {
    from: ['a.default', 'c-v1.default'],
    match: {},
    rule: {},
    hosts: [...hosts, ...hosts, 'a', 'h'],
    ports: ['', '', '', '', ':9090', ':9090', ':7000'],
  }
  return { config: [...config, ...distinct, ...routes], calls: aimedCalls(draw, [inMesh], count) }
}

function manifests(draw: Draw, name: string, kind: string, index: number): Document[] {
  const ports = portsOf(draw)
  if (kind === 'external name') {
    const externalName = draw.one(['api.ext.test', 'b.default.svc.cluster.local', 'other.ext.test'])
    return [document('Service', name, 'default', { type: 'ExternalName', externalName, ports })]
  }
  if (kind === 'no selector' || kind === 'outside') {
    const { selector: _, ...spec } = service(name, 'default', index, { ports }).spec
    return [document('Service', name, 'default', spec), ...endpoints(draw, name, ports, kind === 'outside' ? '192.0.2.6' : '10.244.99.')]
  }
  const head = {
    ...(kind === 'headless' && { clusterIP: 'None' }),
    ...draw.maybe(0.15, () => ({ publishNotReadyAddresses: true })),
    ...draw.maybe(0.1, () => ({ trafficDistribution: 'PreferClose' })),
    ports,
  }
  return [service(name, 'default', index, head), ...draw.many(1, 3, (i) => pods(draw, name, i, kind === 'headless'))]
}

function portsOf(draw: Draw): Json[] {
  const target = draw.one<unknown>([8080, 8080, 'web'])
  return [
    {
      name: draw.one(['http', 'web', 'http2', 'grpc-web', 'http-x']),
      port: 80,
      targetPort: target,
      ...draw.maybe(0.2, () => ({ appProtocol: draw.one(['http', 'HTTP', 'tcp', 'unheard-of', 'kubernetes.io/ws']) })),
    },
    ...draw.perhaps(0.7, () => ({ name: draw.one(['alt', 'http-alt', 'tcp-alt']), port: 9090, ...draw.maybe(0.5, () => ({ targetPort: 9090 })) })),
    ...draw.perhaps(0.3, () => ({ name: 'x', port: 7000, targetPort: 8080, protocol: 'TCP' })),
    ...draw.perhaps(0.1, () => ({ name: 'u', port: draw.one([80, 81]), targetPort: 9090, protocol: 'UDP' })),
  ]
}

/** @param one whether one of them is sure to be there: an outsider answers to the name of a headless service that has nobody */
function pods(draw: Draw, name: string, index: number, one: boolean): Document {
  const sure = one && index === 0
  const kind = draw.one(['Deployment', 'Deployment', 'Deployment', 'StatefulSet', 'DaemonSet'] as const)
  return podsOf(kind, `${name}-${index}`, 'default', {
    labels: { app: name, version: draw.one(['v1', 'v2']) },
    replicas: sure ? 1 : draw.one([0, 1, 1, 1, 2]),
    // Who answers to the name of a headless service is said by the port that is looked at first, where pods have different ones.
    containerPorts: [{ containerPort: 8080, ...draw.maybe(one ? 1 : 0.8, () => ({ name: 'web' })) }, { containerPort: 9090 }],
    ...draw.maybe(sure ? 0 : 0.15, () => ({ annotations: { 'oracle/ready': 'false' } })),
    ...draw.maybe(0.15, () => ({ podSpec: { serviceAccountName: 'own' } })),
  })
}

/** Written by hand. */
function endpoints(draw: Draw, name: string, ports: readonly Json[], prefix: string): Document[] {
  const named = ports.filter(({ protocol }) => protocol !== 'UDP').map((port) => ({ name: port['name'], port: 8080, protocol: 'TCP' }))
  const addresses = draw.many(1, 2, (i) => `${prefix}${i + 1}`)
  if (draw.chance(0.5))
    return [plainDocument('v1', 'Endpoints', name, 'default', { subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports: named }] })]
  const slice = plainDocument('discovery.k8s.io/v1', 'EndpointSlice', `${name}-x`, 'default', {
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: draw.chance(0.85) } })),
    ports: named,
  })
  return [{ ...slice, metadata: { ...slice.metadata, labels: { 'kubernetes.io/service-name': name } } }]
}

function destinationRule(draw: Draw, host: string): Document {
  return document('DestinationRule', host, 'default', {
    host,
    ...draw.maybe(0.4, () => ({ trafficPolicy: { loadBalancer: { simple: draw.one(['ROUND_ROBIN', 'RANDOM', 'PASSTHROUGH']) } } })),
    subsets: ['v1', 'v2'].map((version) => ({ name: version, labels: { version } })),
  })
}

function virtualService(draw: Draw, index: number, names: readonly string[]): Document {
  const route = [
    {
      destination: {
        host: draw.one(names),
        ...draw.maybe(0.4, () => ({ subset: draw.one(['v1', 'v2']) })),
        ...draw.maybe(0.4, () => ({ port: { number: draw.one([80, 9090, 7000]) } })),
      },
    },
  ]
  return document('VirtualService', `vs-${index}`, 'default', { hosts: [draw.one([...names, 'a'])], http: [{ route }] })
}
