import { expect, test } from 'vitest'
import { readText } from './read.ts'

const cases: readonly { about: string; text: string; messages: string[] }[] = [
  {
    about: 'what acts is not mentioned',
    text: 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\nspec:\n  hosts: [a]\n  http: [{match: [{uri: {prefix: /}}], route: [{destination: {host: a, port: {number: 80}}}], timeout: 1s}]',
    messages: [],
  },
  {
    about: 'fields that are ignored, each once',
    text: 'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a}\nspec:\n  host: a\n  trafficPolicy: {retryBudget: {budgetInterval: 10s}, loadBalancer: {simple: RANDOM}}\n  subsets: [{name: v1}, {name: v2, trafficPolicy: {retryBudget: {budgetInterval: 10s}}}]',
    messages: [
      'spec.trafficPolicy.retryBudget.budgetInterval is not modelled: requests of the past do not count, as without it',
      'spec.subsets[1].trafficPolicy.retryBudget.budgetInterval is not modelled: requests of the past do not count, as without it',
    ],
  },
  {
    about: 'a kind that is unknown',
    text: 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}',
    messages: ['kind Thing (example.com/v1) is not modelled'],
  },
  {
    about: 'a kind without a part in traffic',
    text: 'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}',
    messages: [],
  },
  {
    about: 'a kind of that name in another group',
    text: 'apiVersion: example.com/v1\nkind: Job\nmetadata: {name: a}',
    messages: ['kind Job (example.com/v1) is not modelled'],
  },
  {
    about: 'what the kubelet alone cares for',
    text: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: 1\n  selector: {}\n  template: {spec: {volumes: [], containers: [{name: a, image: b, resources: {}}], hostAliases: []}}',
    messages: [],
  },
  {
    about: 'a value that is not acted on, of a field that is',
    text: 'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: a}\nspec:\n  egress: [{hosts: ["./*"], port: {number: 80, name: a, protocol: UDP}}, {hosts: ["./*"], port: {number: 81, name: b, protocol: HTTP}}]',
    messages: ['spec.egress[0].port.protocol is not modelled'],
  },
  {
    about: 'what a Sidecar takes in ways that are not served',
    text: [
      'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: a}\nspec:',
      '  inboundConnectionPool: {tcp: {maxConnections: 1}, http: {h2UpgradePolicy: UPGRADE}}',
      '  ingress:',
      '  - {port: {number: 80, protocol: HTTP}, defaultEndpoint: "127.0.0.1:8080", bind: 0.0.0.0, captureMode: IPTABLES, connectionPool: {http: {useClientProtocol: true}}}',
      '  - {port: {number: 81}, defaultEndpoint: "unix:///a", captureMode: NONE}',
      '  - {port: {number: 82, protocol: HTTPS}, defaultEndpoint: "[::1]:80", tls: {mode: SIMPLE}}',
    ].join('\n'),
    messages: ['spec.ingress[1].defaultEndpoint is not modelled', 'spec.ingress[2].defaultEndpoint is not modelled'],
  },
  {
    about: 'Unix sockets of machines',
    text: 'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec:\n  hosts: [a.example.com]\n  resolution: STATIC\n  ports: [{number: 80, name: http}]\n  endpoints: [{address: 192.0.2.1}, {address: "unix:///var/run/a.sock"}]',
    messages: ['spec.endpoints[1].address is not modelled: nobody listens on Unix sockets here, or dials them'],
  },
  {
    about: 'how a Service spreads traffic otherwise, of which it depends on the mesh whether somebody feels it',
    text: 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: ClusterIP, sessionAffinity: ClientIP}',
    messages: [],
  },
]

for (const { about, text, messages } of cases)
  test(about, () => {
    expect(readText(text, 'a.yaml').notModelled.map(({ message }) => message)).toEqual(messages)
  })
