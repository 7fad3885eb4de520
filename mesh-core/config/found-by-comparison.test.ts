import { describe, expect, test } from 'vitest'
import { formatPath } from '../ir/origin.ts'
import { readText } from './read.ts'
import { validateResource } from './validate.ts'

type Spec = Readonly<Record<string, unknown>>

/** Kind and spec, and the places that are complained about. Each was compared with what the API server and istiod's webhook say. */
const cases: readonly (readonly [about: string, kind: string, spec: Spec, places: readonly string[]])[] = [
  ['an empty list of sources', 'AuthorizationPolicy', { rules: [{ from: [] }] }, []],
  ['two ways to select, one of them empty', 'AuthorizationPolicy', { selector: {}, targetRefs: [] }, ['spec.targetRefs']],
  ['a probe by gRPC', 'WorkloadGroup', { template: {}, probe: { grpc: { port: 80 } } }, ['spec.probe.grpc']],
  ['two probes', 'WorkloadGroup', { template: {}, probe: { exec: { command: ['x'] }, tcpSocket: { port: 1 } } }, ['spec.probe.tcpSocket']],
  ['a folder for a socket', 'WorkloadGroup', { template: { address: 'unix:///a/' } }, ['spec.template.address']],
  ['a long value of a label', 'WorkloadEntry', { address: '10.0.0.1', labels: { a: 'x'.repeat(64) } }, []],
  [
    'a long domain of a label',
    'WorkloadEntry',
    { address: '10.0.0.1', labels: { [`${'x'.repeat(254)}/a`]: 'x' } },
    [`spec.labels.${'x'.repeat(254)}/a`],
  ],
  ['a name of a port with 63 letters', 'WorkloadEntry', { address: '10.0.0.1', ports: { ['a'.repeat(63)]: 80 } }, [`spec.ports.${'a'.repeat(63)}`]],
  ['ports of a socket, though none', 'WorkloadEntry', { address: 'unix:///a', ports: {} }, ['spec.ports']],
  [
    'a duration that is none',
    'DestinationRule',
    { host: 'a', trafficPolicy: { retryBudget: { budgetInterval: 'soon' } } },
    ['spec.trafficPolicy.retryBudget.budgetInterval'],
  ],
  [
    '300 years',
    'DestinationRule',
    { host: 'a', trafficPolicy: { outlierDetection: { interval: '2629800h' } } },
    ['spec.trafficPolicy.outlierDetection.interval'],
  ],
  [
    'no status of errors',
    'DestinationRule',
    { host: 'a', trafficPolicy: { outlierDetection: { outlierDetectionHttpErrorCodes: [99] } } },
    ['spec.trafficPolicy.outlierDetection.outlierDetectionHttpErrorCodes[0]'],
  ],
  ['null where it is allowed', 'ProxyConfig', { concurrency: null }, []],
  [
    'targetPort 0',
    'ServiceEntry',
    { hosts: ['a.test'], resolution: 'DNS', ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 0 }] },
    ['spec.ports[0].targetPort'],
  ],
  [
    'targetPort of a listener',
    'Sidecar',
    { egress: [{ hosts: ['*/*'], port: { number: 80, name: 'http', protocol: 'HTTP', targetPort: 80 } }] },
    ['spec.egress[0].port.targetPort'],
  ],
  [
    'HTTPS for names of requests',
    'ServiceEntry',
    { hosts: ['*.test'], resolution: 'DYNAMIC_DNS', ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }] },
    ['spec.ports[0].protocol'],
  ],
  ['HBONE at a sidecar', 'Sidecar', { ingress: [{ port: { number: 80, name: 'a', protocol: 'HBONE' } }] }, ['spec.ingress[0].port.protocol']],
  [
    'no bytes at all',
    'VirtualService',
    { hosts: ['a'], http: [{ directResponse: { status: 200, body: { bytes: '' } } }] },
    ['spec.http[0].directResponse.body.bytes'],
  ],
  [
    'an attribute of a cookie twice',
    'DestinationRule',
    { host: 'a', trafficPolicy: { loadBalancer: { consistentHash: { httpCookie: { name: 'a', attributes: [{ name: 'b' }, { name: 'b' }] } } } } },
    ['spec.trafficPolicy.loadBalancer.consistentHash.httpCookie.attributes[1].name'],
  ],
  [
    'HBONE at a gateway',
    'Gateway',
    { servers: [{ hosts: ['*'], port: { number: 80, name: 'a', protocol: 'HBONE' } }] },
    ['spec.servers[0].port.protocol'],
  ],
  [
    'a selector and targets',
    'EnvoyFilter',
    { workloadSelector: { labels: { a: 'b' } }, targetRefs: [{ kind: 'Gateway', name: 'gw' }] },
    ['spec.targetRefs'],
  ],
  ['a target elsewhere', 'EnvoyFilter', { targetRefs: [{ kind: 'Gateway', name: 'gw', namespace: 'a' }] }, ['spec.targetRefs[0].namespace']],
  [
    'a patch that is no mapping',
    'EnvoyFilter',
    { configPatches: [{ applyTo: 'CLUSTER', patch: { operation: 'MERGE', value: [] } }] },
    ['spec.configPatches[0].patch.value'],
  ],
  ['one port twice', 'WasmPlugin', { url: 'oci://a/b', match: [{ ports: [{ number: 80 }, { number: 80 }] }] }, ['spec.match[0].ports[1].number']],
  ...['a/b', 'a*b', '*a*'].map(
    (domain) =>
      [
        `trust domain ${domain}`,
        'AuthorizationPolicy',
        { rules: [{ from: [{ source: { notTrustDomains: [domain] } }] }] },
        ['spec.rules[0].from[0].source.notTrustDomains[0]'],
      ] as const,
  ),
  ...['*', 'ns/*', 'a/b/c', '/x', 'x/', 'x'.repeat(321)].map(
    (value) =>
      [
        `a condition of service account ${value.slice(0, 9)}`,
        'AuthorizationPolicy',
        { rules: [{ when: [{ key: 'source.serviceAccount', values: [value] }] }] },
        ['spec.rules[0].when[0].values[0]'],
      ] as const,
  ),
  ['a service account of a namespace', 'AuthorizationPolicy', { rules: [{ when: [{ key: 'source.serviceAccount', notValues: ['a/b', 'x'] }] }] }, []],
  ['trust domains with a wildcard', 'AuthorizationPolicy', { rules: [{ from: [{ source: { trustDomains: ['a*', '*.b', '*', 'A B'] } }] }] }, []],
  [
    'a number of 67 bits',
    'DestinationRule',
    { host: 'a', trafficPolicy: { loadBalancer: { consistentHash: { useSourceIp: true, minimumRingSize: 1e20 } } } },
    ['spec.trafficPolicy.loadBalancer.consistentHash.minimumRingSize'],
  ],
  ['a priority of 33 bits', 'TrafficExtension', { lua: { inlineCode: 'x' }, priority: 2 ** 31 }, ['spec.priority']],
]

const versions: Readonly<Record<string, string>> = {
  AuthorizationPolicy: 'security.istio.io/v1',
  EnvoyFilter: 'networking.istio.io/v1alpha3',
  ProxyConfig: 'networking.istio.io/v1beta1',
  WasmPlugin: 'extensions.istio.io/v1alpha1',
  TrafficExtension: 'extensions.istio.io/v1alpha1',
}

for (const [about, kind, spec, places] of cases)
  test(`${kind}: ${about}`, () => {
    const object = { apiVersion: versions[kind] ?? 'networking.istio.io/v1', kind, metadata: { name: 'a' }, spec }
    const [resource] = readText(JSON.stringify(object), 'a.json').resources
    expect(validateResource(resource!).errors.map(({ details }) => formatPath(details.origin!.path))).toEqual(places)
  })

test('istiod forgets what it would warn of in subsets and ports', () => {
  const outlierDetection = { consecutiveErrors: 5 }
  const text = (trafficPolicy: Spec, subsets: readonly Spec[] = []): string =>
    JSON.stringify({
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'a' },
      spec: { host: 'a', trafficPolicy, subsets },
    })
  const warnings = (yaml: string): number => validateResource(readText(yaml, 'a.json').resources[0]!).warnings.length
  expect(warnings(text({ outlierDetection }))).toBe(1)
  expect(warnings(text({ tls: {} }, [{ name: 'v1', trafficPolicy: { outlierDetection } }]))).toBe(0)
  expect(warnings(text({ portLevelSettings: [{ port: { number: 80 }, outlierDetection }] }))).toBe(0)
})

describe('warnings for a VirtualService', () => {
  const route = [{ destination: { host: 'a' } }]
  const warnings = (spec: Spec): string[] => {
    const object = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'a' }, spec: { hosts: ['a'], ...spec } }
    const [resource] = readText(JSON.stringify(object), 'a.json').resources
    return validateResource(resource!).warnings.map(({ details }) => formatPath(details.origin!.path))
  }
  test('old names of gateways are warned of in the list, and not in matches', () => {
    const gateways = ['gw.default']
    expect(warnings({ gateways, http: [{ match: [{ gateways }], route }], tcp: [{ match: [{ gateways }], route }] })).toEqual(['spec.gateways[0]'])
  })
  test('empty maps of a match say nothing', () => {
    expect(warnings({ http: [{ match: [{ headers: {}, gateways: [] }, { name: 'x' }, { uri: {} }], route }] })).toEqual(['spec.http[0].match[1]'])
  })
  test('what a rule without a match takes is not said to be covered by a prefix, too', () => {
    const match = (prefix: string): Spec[] => [{ uri: { prefix } }]
    expect(warnings({ http: [{ match: match('/a'), route }, { route }, { match: match('/ab'), route }] })).toEqual(['spec.http[2]'])
  })
})
