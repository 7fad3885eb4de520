import { describe, expect, test } from 'vitest'
import { describeEvidence } from '../../analyze/describe.ts'
import { Inventory } from '../../analyze/inventory.ts'
import { readText } from '../../config/read.ts'
import { formatPath } from '../../ir/origin.ts'
import { advise, advisers, examine } from '../advise.ts'
import { deadRules } from '../rules/dead-rules.ts'

interface Case {
  readonly about: string
  readonly documents: readonly string[]
  readonly found: readonly string[]
  readonly whole?: boolean
}

async function told(documents: readonly string[], whole = false): Promise<string[]> {
  const { resources, errors } = readText(documents.join('---\n'), 'a.yaml')
  expect(errors).toEqual([])
  const traps = advisers.filter((adviser) => adviser !== deadRules)
  const messages = await advise(new Inventory(resources, { nowMs: 0, whole, manifests: true }), traps)
  return messages.map(({ code, level, path, proof = [] }) => [level, code, formatPath(path), ...proof.map(describeEvidence)].join(' | '))
}

const object = (kind: string, name: string, spec: string, namespace = 'default', apiVersion = 'networking.istio.io/v1'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`
const to = (host: string, more = ''): string => `{${more}${more === '' ? '' : ', '}route: [{destination: {host: ${host}}}]}`
const rules = (...http: string[]): string => object('VirtualService', 'shop', `{hosts: [shop], http: [${http.join(', ')}]}`)
const service = (name: string, namespace = 'default', port = 80): string =>
  object('Service', name, `{selector: {app: ${name}}, ports: [{port: ${port}, name: http}]}`, namespace, 'v1')
const deployment = (name: string, replicas: number, labels = `app: ${name}`): string =>
  object('Deployment', name, `{replicas: ${replicas}, selector: {matchLabels: {${labels}}}, template: {metadata: {labels: {${labels}}}, spec: {containers: [{name: a, image: a}]}}}`, 'default', 'apps/v1') // prettier-ignore
const policy = (traffic: string): string => object('DestinationRule', 'shop', `{host: shop, trafficPolicy: {${traffic}}}`)
const detection = (spec = ''): string => policy(`outlierDetection: {consecutive5xxErrors: 3${spec}}`)

const apiObject = (kind: string, name: string, spec: string): string => object(kind, name, spec, 'default', 'gateway.networking.k8s.io/v1')
const gate = apiObject('Gateway', 'gate', '{gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}')
const route = (kind: string, name: string, hostnames: string): string =>
  apiObject(kind, name, `{parentRefs: [{name: gate}], hostnames: [${hostnames}], rules: [{backendRefs: [{name: shop, port: 80}]}]}`)

const cases: Readonly<Record<string, readonly Case[]>> = {
  'routes of one name': [
    {
      about: 'as many hosts are lost as the HTTPRoute has',
      documents: [gate, route('HTTPRoute', 'shop', 'a.test'), route('GRPCRoute', 'shop', 'b.test, c.test')],
      found: ['warning | HOST_LOST | spec.hostnames[0]'],
    },
    {
      about: 'a host that another route has is not',
      documents: [gate, route('HTTPRoute', 'shop', 'a.test'), route('GRPCRoute', 'shop', 'b.test'), route('GRPCRoute', 'other', 'b.test')],
      found: [],
    },
    { about: 'of another name', documents: [gate, route('HTTPRoute', 'shop', 'a.test'), route('GRPCRoute', 'items', 'b.test')], found: [] },
    { about: 'without their Gateway', documents: [route('HTTPRoute', 'shop', 'a.test'), route('GRPCRoute', 'shop', 'b.test')], found: [] },
  ],
  'a prefix that takes more': [
    {
      about: 'than a later rule leaves to it',
      documents: [rules(to('a', 'match: [{uri: {prefix: /api}}]'), to('b', 'match: [{uri: {prefix: /apis}}]'))],
      found: ['warning | PREFIX_TAKES_MORE | spec.http[0].match[0].uri.prefix | GET http://shop/apis → http[0] takes it, and not http[1]'],
    },
    {
      about: 'than is meant, perhaps; told once',
      documents: [rules(to('a', 'match: [{uri: {prefix: /api}}]'), to('c', 'match: [{uri: {prefix: /docs}}]'), to('b'))],
      found: ['info | PREFIX_TAKES_MORE | spec.http[0].match[0].uri.prefix | GET http://shop/apix → http[0] takes it, and not http[2]'],
    },
    { about: 'with a slash', documents: [rules(to('a', 'match: [{uri: {prefix: /api/}}]'), to('b'))], found: [] },
    { about: 'from nobody', documents: [rules(to('a', 'match: [{uri: {prefix: /api}}]'))], found: [] },
    { about: 'from a rule that does the same', documents: [rules(to('a', 'match: [{uri: {prefix: /api}}]'), to('a'))], found: [] },
    {
      about: 'than an earlier rule has left, which takes its own',
      documents: [rules(to('b', 'match: [{uri: {prefix: /apis}}]'), to('a', 'match: [{uri: {prefix: /api}}]'))],
      found: [],
    },
  ],
  'a fault before the tries': [
    {
      about: 'is not retried',
      documents: [rules(to('a', 'fault: {abort: {httpStatus: 503, percentage: {value: 10}}}, retries: {attempts: 2}'))],
      found: ['warning | FAULT_WITH_RETRIES | spec.http[0].fault.abort | GET http://shop/ → 503, aborted after 0 tries'],
    },
    {
      about: 'counts for no timeout',
      documents: [rules(to('a', 'fault: {delay: {fixedDelay: 7s, percentage: {value: 100}}}, timeout: 2s'))],
      found: ['warning | FAULT_WITH_RETRIES | spec.http[0].fault.delay | GET http://shop/ → 200 after 7000 ms'],
    },
    {
      about: 'shorter than the timeout',
      documents: [rules(to('a', 'fault: {delay: {fixedDelay: 1s, percentage: {value: 100}}}, timeout: 2s'))],
      found: [],
    },
    { about: 'without retries', documents: [rules(to('a', 'fault: {abort: {httpStatus: 503, percentage: {value: 10}}}'))], found: [] },
    { about: 'with retries switched off', documents: [rules(to('a', 'fault: {abort: {httpStatus: 503, percentage: {value: 10}}}, retries: {attempts: 0}'))], found: [] }, // prettier-ignore
    { about: 'that never happens', documents: [rules(to('a', 'fault: {abort: {httpStatus: 503, percentage: {value: 0}}}, retries: {attempts: 2}'))], found: [] }, // prettier-ignore
    { about: 'behind a rule that takes all', documents: [rules(to('a'), to('a', 'fault: {abort: {httpStatus: 503, percentage: {value: 10}}}, retries: {attempts: 2}'))], found: [] }, // prettier-ignore
  ],
  'a fault without percentage': [
    {
      about: 'delays nothing',
      documents: [rules(to('a', 'match: [{headers: {x: {exact: b}}}], fault: {delay: {fixedDelay: 7s}}'), to('a'))],
      found: ['warning | FAULT_WITHOUT_PERCENTAGE | spec.http[0].fault.delay | GET http://shop/ with x: b → 200 after 0 ms, without the fault'],
    },
    {
      about: 'aborts nothing, at a gateway',
      documents: [object('VirtualService', 'shop', `{hosts: [a.com], gateways: [prod/gw], http: [${to('a', 'fault: {abort: {httpStatus: 500}}')}]}`)],
      found: [
        'warning | FAULT_WITHOUT_PERCENTAGE | spec.http[0].fault.abort | gateway prod/gw: GET http://a.com/ → 200 after 0 ms, without the fault',
      ],
    },
    { about: 'with one of old', documents: [rules(to('a', 'fault: {delay: {fixedDelay: 7s, percent: 5}}'))], found: [] },
    { about: 'with none, as it is written', documents: [rules(to('a', 'fault: {abort: {httpStatus: 500, percentage: {value: 0}}}'))], found: [] },
  ],
  'a match that names gateways': [
    {
      about: 'and who sends',
      documents: [rules(to('a', 'match: [{gateways: [mesh], sourceLabels: {app: x}, uri: {prefix: /a}}]'))],
      found: ['warning | SOURCE_NOT_ASKED | spec.http[0].match[0].sourceLabels | a pod of default: GET http://shop/a → taken by this match'],
    },
    {
      about: 'and from where',
      documents: [rules(to('a', 'match: [{gateways: [mesh], sourceNamespace: default}]'))],
      found: ['warning | SOURCE_NOT_ASKED | spec.http[0].match[0].sourceNamespace | a pod of elsewhere: GET http://shop/ → taken by this match'],
    },
    { about: 'and nothing of who sends', documents: [rules(to('a', 'match: [{gateways: [mesh]}]'))], found: [] },
    { about: 'no, but who sends', documents: [rules(to('a', 'match: [{sourceLabels: {app: x}}]'))], found: [] },
  ],
  'rules that are not bound to the mesh': [
    {
      about: 'of a service',
      documents: [service('shop', 'default', 9080), object('VirtualService', 'shop', `{hosts: [shop], gateways: [gw], http: [${to('a')}]}`)],
      found: ['warning | NOT_BOUND_TO_MESH | spec.hosts[0] | a pod of default: GET http://shop:9080/ → no rule of these is looked at'],
    },
    {
      about: 'by the labels of clients',
      documents: [object('VirtualService', 'shop', `{hosts: ["*"], gateways: [gw], http: [${to('a', 'match: [{sourceLabels: {app: web}}]')}]}`)],
      found: ['warning | NOT_BOUND_TO_MESH | spec.http[0].match[0].sourceLabels | a pod of default with app=web: GET http://example.com/ → no rule of these is looked at'], // prettier-ignore
    },
    { about: 'by the labels of a gateway that is named', documents: [object('VirtualService', 'shop', `{hosts: ["*"], gateways: [gw], http: [${to('a', 'match: [{sourceLabels: {app: web}, gateways: [gw]}]')}]}`)], found: [] }, // prettier-ignore
    { about: 'of a name outside', documents: [object('VirtualService', 'shop', `{hosts: [a.com], gateways: [gw], http: [${to('a')}]}`)], found: [] },
    { about: 'bound to both', documents: [object('VirtualService', 'shop', `{hosts: [shop], gateways: [gw, mesh], http: [${to('a')}]}`)], found: [] },
    {
      about: 'with others that are',
      documents: [object('VirtualService', 'edge', `{hosts: [shop], gateways: [gw], http: [${to('a')}]}`), rules(to('a'))],
      found: [],
    },
  ],
  'a host that is elsewhere': [
    {
      about: 'short',
      documents: [
        service('reviews', 'prod', 9080),
        service('web', 'test'),
        object('VirtualService', 'r', `{hosts: [reviews], http: [${to('web')}]}`, 'test'),
      ],
      found: ['warning | HOST_ELSEWHERE | spec.hosts[0] | a pod of test: GET http://reviews.prod:9080/ → no rule of these is looked at'],
    },
    {
      about: 'with a dot, on a port where the name means nothing',
      documents: [service('reviews', 'prod', 9080), object('VirtualService', 'r', `{hosts: [reviews.prod], http: [${to('a')}]}`)],
      found: ['warning | HOST_ELSEWHERE | spec.hosts[0] | a pod of default: GET http://reviews.prod:9080/ → no rule of these is looked at'],
    },
    { about: 'and is here, too', documents: [service('reviews', 'prod'), service('reviews', 'test'), object('VirtualService', 'r', `{hosts: [reviews], http: [${to('a')}]}`, 'test')], found: [] }, // prettier-ignore
    { about: 'in full', documents: [service('reviews', 'prod'), object('VirtualService', 'r', `{hosts: [reviews.prod.svc.cluster.local], http: [${to('a')}]}`)], found: [] }, // prettier-ignore
    {
      about: 'a name outside',
      documents: [service('reviews', 'prod'), object('VirtualService', 'r', `{hosts: [reviews.com], http: [${to('a')}]}`)],
      found: [],
    },
    {
      about: 'a ServiceEntry',
      documents: [
        service('reviews', 'prod'),
        object('ServiceEntry', 'e', '{hosts: [reviews.prod], ports: [{number: 80, name: http, protocol: HTTP}]}'),
        object('VirtualService', 'r', `{hosts: [reviews.prod], http: [${to('a')}]}`),
      ],
      found: [],
    },
    { about: 'without a namespace of its own so far', documents: [service('reviews', 'prod'), object('VirtualService', 'r', `{hosts: [reviews], http: [${to('a')}]}`)], found: [] }, // prettier-ignore
  ],
  'a hash of what nobody sends': [
    {
      about: 'a header',
      documents: [policy('loadBalancer: {consistentHash: {httpHeaderName: x-user}}')],
      found: [
        'info | HASH_WITHOUT_HEADER | spec.trafficPolicy.loadBalancer.consistentHash.httpHeaderName | a pod of default: GET http://shop/ → 20 of them reach 4 of 4 pods | a pod of default: GET http://shop/ with x-user: x → 20 of them reach 1 pod',
      ],
    },
    { about: 'a header that is always there', documents: [policy('loadBalancer: {consistentHash: {httpHeaderName: ":authority"}}')], found: [] },
    {
      about: 'a header that a rule sets',
      documents: [policy('loadBalancer: {consistentHash: {httpHeaderName: x-user}}'), rules(to('shop', 'headers: {request: {set: {X-User: "1"}}}'))],
      found: [],
    },
    { about: 'a cookie', documents: [policy('loadBalancer: {consistentHash: {httpCookie: {name: u, ttl: 0s}}}')], found: [] },
  ],
  'outlier detection': [
    {
      about: 'of three pods',
      documents: [detection(), service('shop'), deployment('shop', 3)],
      found: ['warning | NEVER_EJECTS | spec.trafficPolicy.outlierDetection | a pod of default: GET http://shop/ → after 60 answers of 503 all 3 pods are still asked'], // prettier-ignore
    },
    {
      about: 'of one pod, half of which cannot be ejected',
      documents: [detection(', maxEjectionPercent: 50'), service('shop'), deployment('shop', 1)],
      found: ['warning | NEVER_EJECTS | spec.trafficPolicy.outlierDetection.maxEjectionPercent | a pod of default: GET http://shop/ → after 20 answers of 503 the pod is still asked'], // prettier-ignore
    },
    { about: 'of ten pods', documents: [detection(), service('shop'), deployment('shop', 10)], found: [] },
    { about: 'of all pods', documents: [detection(', maxEjectionPercent: 100'), service('shop'), deployment('shop', 2)], found: [] },
    { about: 'with 0, which stands for 10', documents: [detection(', maxEjectionPercent: 0'), service('shop'), deployment('shop', 12)], found: [] },
    { about: 'of pods that are not known', documents: [detection(), service('shop')], found: [] },
    { about: 'of several Deployments', documents: [detection(', maxEjectionPercent: 40'), service('shop'), deployment('shop', 2), deployment('shop2', 1, 'app: shop')], found: [] }, // prettier-ignore
    {
      about: 'of as many as a scaler likes',
      documents: [detection(), service('shop'), deployment('shop', 3), object('HorizontalPodAutoscaler', 'shop', '{scaleTargetRef: {kind: Deployment, name: shop}}', 'default', 'autoscaling/v2')], // prettier-ignore
      found: [],
    },
  ],
  'weights that do not add up to 100': [
    {
      about: 'of HTTP',
      documents: [rules('{route: [{destination: {host: a}, weight: 1}, {destination: {host: b}, weight: 3}]}')],
      found: ['info | WEIGHTS_NOT_100 | spec.http[0].route | GET http://shop/ → 25% to a.default, 75% to b.default'],
    },
    {
      about: 'of TCP',
      documents: [object('VirtualService', 'db', '{hosts: [db], tcp: [{route: [{destination: {host: a}, weight: 2}, {destination: {host: b}, weight: 1}]}]}')], // prettier-ignore
      found: ['info | WEIGHTS_NOT_100 | spec.tcp[0].route'],
    },
    { about: 'that do', documents: [rules('{route: [{destination: {host: a}, weight: 25}, {destination: {host: b}, weight: 75}]}')], found: [] },
    { about: 'of nothing', documents: [rules('{route: [{destination: {host: a}, weight: 0}, {destination: {host: b}, weight: 0}]}')], found: [] },
    { about: 'of one destination', documents: [rules('{route: [{destination: {host: a}, weight: 1}]}')], found: [] },
  ],
}

for (const [trap, those] of Object.entries(cases))
  describe(trap, () => test.each(those)('$about', async ({ documents, found, whole }) => expect(await told(documents, whole)).toEqual(found)))

test('what analyzers tell of destinations is shown by requests', async () => {
  const yaml = [
    service('shop'),
    service('ratings', 'prod'),
    deployment('shop', 1, 'app: shop, version: v1'),
    object('DestinationRule', 'shop', '{host: shop, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}'),
    rules('{match: [{uri: {exact: /a}}], route: [{destination: {host: shop, subset: v1}, weight: 99}, {destination: {host: shop, subset: v2}, weight: 1}]}', to('ratings')), // prettier-ignore
  ].join('---\n')
  const messages = await examine(new Inventory(readText(yaml, 'a.yaml').resources, { nowMs: 0, whole: false, manifests: true }))
  const shown = messages.filter(({ code }) => code === 'IST0101' || code === 'IST0173')
  expect(shown.map(({ code, hint, proof = [] }) => [code, hint, ...proof.map(describeEvidence)])).toEqual([
    [
      'IST0101',
      'write ratings.prod.svc.cluster.local: a short name is one of default, where the rule lives',
      'GET http://shop/ → 503: ratings.default.svc.cluster.local has no port 80 that is known here',
    ],
    ['IST0173', null, 'GET http://shop/a → 503: no ready endpoint for shop.default subset v2'],
  ])
})
