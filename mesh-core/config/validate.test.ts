import { describe, expect, test } from 'vitest'
import { readText } from './read.ts'
import type { Resource } from './resource.ts'
import type { Verdict } from './validate.ts'
import { validateResource } from './validate.ts'

function verdict(text: string): Verdict {
  return validateResource(readText(text, 'a.yaml').resources[0] as Resource)
}

function codes(text: string): string[] {
  return verdict(text).errors.map(({ code, details }) => `${code} ${details.origin?.path.join('.')}`)
}

const virtualService = (http: string, hosts = '[b]'): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: b}\nspec:\n  hosts: ${hosts}\n  http: ${http}\n`
const route = '[{destination: {host: b}}]'
const destinationRule = (spec: string): string =>
  `apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: b}\nspec: ${spec}\n`
const gateway = (server: string): string =>
  `apiVersion: networking.istio.io/v1alpha3\nkind: Gateway\nmetadata: {name: gw}\nspec: {servers: [${server}]}\n`
const kube = (kind: string, rest: string, apiVersion = 'v1'): string => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n${rest}\n`

interface Case {
  readonly about: string
  readonly text: string
  readonly errors: readonly string[]
}

const structural: readonly Case[] = [
  { about: 'an unknown field', text: virtualService(`[{matches: [], route: ${route}}]`), errors: ['UNKNOWN_FIELD spec.http.0.matches'] },
  { about: 'a number for a text', text: virtualService(`[{timeout: 5, route: ${route}}]`), errors: ['SCHEMA_TYPE spec.http.0.timeout'] },
  {
    about: 'on for a text',
    text: destinationRule('{host: b, subsets: [{name: v1, labels: {debug: on}}]}'),
    errors: ['SCHEMA_TYPE spec.subsets.0.labels.debug'],
  },
  {
    about: 'null in a CRD',
    text: virtualService(`[{match: [{headers: {x-a: }}], route: ${route}}]`),
    errors: ['SCHEMA_TYPE spec.http.0.match.0.headers.x-a'],
  },
  {
    about: 'a missing field',
    text: virtualService('[{route: [{destination: {subset: v1}}]}]'),
    errors: ['SCHEMA_REQUIRED spec.http.0.route.0.destination.host'],
  },
  {
    about: 'a text that is no choice',
    text: destinationRule('{host: b, trafficPolicy: {loadBalancer: {simple: FASTEST}}}'),
    errors: ['SCHEMA_VALUE spec.trafficPolicy.loadBalancer.simple'],
  },
  {
    about: 'two of which one may be',
    text: virtualService(`[{match: [{uri: {exact: /a, prefix: /b}}], route: ${route}}]`),
    errors: ['CONFLICTING_FIELDS spec.http.0.match.0.uri.prefix'],
  },
  {
    about: 'a number below its bound',
    text: virtualService('[{route: [{destination: {host: b, port: {number: -1}}}]}]'),
    errors: ['SCHEMA_VALUE spec.http.0.route.0.destination.port.number'],
  },
  { about: 'a field of a later Istio', text: virtualService(`[{match: [{uri: {prefix: /a}}], redirect: {prefixRewrite: /b}}]`), errors: [] },
  { about: 'labels that are not there in a core kind', text: kube('Pod', 'spec: {containers: [{name: a, image: x, env: }]}'), errors: [] },
  { about: 'a mapping for a list', text: kube('Service', 'spec: {ports: {port: 80}}'), errors: ['SCHEMA_TYPE spec.ports'] },
  { about: 'a fraction', text: kube('Service', 'spec: {ports: [{port: 80.5}]}'), errors: ['SCHEMA_TYPE spec.ports.0.port'] },
  {
    about: 'a port by number or name',
    text: kube('Service', 'spec: {ports: [{port: 80, targetPort: web}, {port: 81, targetPort: 8081}]}'),
    errors: [],
  },
  {
    about: 'ports of one name',
    text: kube('Service', 'spec: {ports: [{port: 80, name: web}, {port: 81, name: x}, {port: 82, name: web}, {port: 83}, {port: 84}]}'),
    errors: ['INVALID_VALUE spec.ports.2.name'],
  },
  {
    about: 'an old Deployment',
    text: kube('Deployment', 'spec: {template: {spec: {container: []}}}', 'extensions/v1beta1'),
    errors: ['UNKNOWN_FIELD spec.template.spec.container', 'SCHEMA_REQUIRED spec.template.spec.containers'],
  },
  {
    about: 'an old Ingress',
    text: kube('Ingress', 'spec: {rules: [{http: {paths: [{backend: {serviceName: a, servicePort: 80}}]}}]}', 'extensions/v1beta1'),
    errors: [],
  },
  { about: 'a kind that is unknown', text: kube('Thing', 'anything: goes', 'example.com/v1'), errors: [] },
]

/** More of these is in the agreement with what was observed; here is what each rule looks like, one for each file of istio/. */
const semantic: readonly Case[] = [
  { about: 'timeout 0s', text: virtualService(`[{timeout: 0s, route: ${route}}]`), errors: ['INVALID_DURATION spec.http.0.timeout'] },
  {
    about: 'a duration of fractions of a ms',
    text: virtualService(`[{timeout: 1.0005s, route: ${route}}]`),
    errors: ['INVALID_DURATION spec.http.0.timeout'],
  },
  { about: 'an hour and a half', text: virtualService(`[{timeout: 1h30m, route: ${route}}]`), errors: [] },
  { about: 'no duration', text: virtualService(`[{timeout: 7 seconds, route: ${route}}]`), errors: ['INVALID_DURATION spec.http.0.timeout'] },
  {
    about: 'weights that sum to 0',
    text: virtualService('[{route: [{destination: {host: a}}, {destination: {host: b}}]}]'),
    errors: ['INVALID_WEIGHT spec.http.0.route'],
  },
  {
    about: 'weights that sum to 30',
    text: virtualService('[{route: [{destination: {host: a}, weight: 10}, {destination: {host: b}, weight: 20}]}]'),
    errors: [],
  },
  { about: 'one destination of weight 0', text: virtualService('[{route: [{destination: {host: a}, weight: 0}]}]'), errors: [] },
  {
    about: 'a look-ahead',
    text: virtualService(`[{match: [{uri: {regex: "(?!a)"}}], route: ${route}}]`),
    errors: ['INVALID_REGEX spec.http.0.match.0.uri.regex'],
  },
  {
    about: 'regex * for a header',
    text: virtualService(`[{match: [{headers: {a: {regex: "*"}}}], route: ${route}}]`),
    errors: ['INVALID_REGEX spec.http.0.match.0.headers.a.regex'],
  },
  {
    about: 'regex * for a header that must not be',
    text: virtualService(`[{match: [{withoutHeaders: {a: {regex: "*"}}}], route: ${route}}]`),
    errors: [],
  },
  { about: 'an empty prefix of the path', text: virtualService(`[{match: [{uri: {prefix: ""}}], route: ${route}}]`), errors: [] },
  {
    about: 'an empty prefix of the method',
    text: virtualService(`[{match: [{method: {prefix: ""}}], route: ${route}}]`),
    errors: ['INVALID_VALUE spec.http.0.match.0.method.prefix'],
  },
  { about: 'redirect and route', text: virtualService(`[{redirect: {uri: /a}, route: ${route}}]`), errors: ['CONFLICTING_FIELDS spec.http.0.route'] },
  { about: 'neither', text: virtualService('[{timeout: 1s}]'), errors: ['SCHEMA_REQUIRED spec.http.0.route'] },
  {
    about: 'a delegate with a route',
    text: virtualService(`[{delegate: {name: a}, route: ${route}}]`),
    errors: ['CONFLICTING_FIELDS spec.http.0.route'],
  },
  { about: '* for the mesh', text: virtualService(`[{route: ${route}}]`, '["*"]'), errors: ['INVALID_HOST spec.hosts.0'] },
  {
    about: 'hosts that cover each other',
    text: virtualService(`[{route: ${route}}]`, '["*.a.com", b.a.com]'),
    errors: ['CONFLICTING_HOSTS spec.hosts.1'],
  },
  { about: 'an IP for a host', text: virtualService(`[{route: ${route}}]`, '[10.0.0.1]'), errors: [] },
  { about: 'fault status 600', text: virtualService(`[{fault: {abort: {httpStatus: 600}}, route: ${route}}]`), errors: [] },
  {
    about: 'fault status 601',
    text: virtualService(`[{fault: {abort: {httpStatus: 601}}, route: ${route}}]`),
    errors: ['INVALID_VALUE spec.http.0.fault.abort.httpStatus'],
  },
  {
    about: 'more than all',
    text: virtualService(`[{fault: {delay: {fixedDelay: 1s, percentage: {value: 101}}}, route: ${route}}]`),
    errors: ['INVALID_PERCENT spec.http.0.fault.delay.percentage.value'],
  },
  {
    about: 'retries by an unknown condition',
    text: virtualService(`[{retries: {attempts: 1, retryOn: "5xx, reset"}, route: ${route}}]`),
    errors: ['INVALID_VALUE spec.http.0.retries.retryOn'],
  },
  { about: 'retries by status', text: virtualService(`[{retries: {attempts: 1, retryOn: "5xx,503,gateway-error"}, route: ${route}}]`), errors: [] },
  {
    about: 'a header value with an open operator',
    text: virtualService(`[{headers: {request: {set: {a: "%DOWNSTREAM"}}}, route: ${route}}]`),
    errors: ['INVALID_VALUE spec.http.0.headers.request.set.a'],
  },
  {
    about: 'every method of CORS',
    text: virtualService(`[{corsPolicy: {allowMethods: ['*']}, route: ${route}}]`),
    errors: [],
  },
  {
    about: 'a method in lower case',
    text: virtualService(`[{corsPolicy: {allowMethods: [get]}, route: ${route}}]`),
    errors: ['INVALID_VALUE spec.http.0.corsPolicy.allowMethods.0'],
  },
  {
    about: 'two subsets of one name',
    text: destinationRule('{host: b, subsets: [{name: v1}, {name: v1}]}'),
    errors: ['CONFLICTING_FIELDS spec.subsets.1.name'],
  },
  { about: 'an empty policy', text: destinationRule('{host: b, trafficPolicy: {}}'), errors: ['SCHEMA_REQUIRED spec.trafficPolicy'] },
  {
    about: 'an ejection of 150%',
    text: destinationRule('{host: b, trafficPolicy: {outlierDetection: {maxEjectionPercent: 150}}}'),
    errors: ['INVALID_PERCENT spec.trafficPolicy.outlierDetection.maxEjectionPercent'],
  },
  {
    about: 'a table that is no prime',
    text: destinationRule('{host: b, trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 10}}}}}'),
    errors: ['INVALID_VALUE spec.trafficPolicy.loadBalancer.consistentHash.maglev.tableSize'],
  },
  {
    about: 'a redirect to https',
    text: gateway('{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"], tls: {httpsRedirect: true}}'),
    errors: [],
  },
  {
    about: 'a short name',
    text: gateway('{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop]}'),
    errors: ['INVALID_HOST spec.servers.0.hosts.0'],
  },
  {
    about: 'port 0',
    text: gateway('{port: {number: 0, name: http, protocol: HTTP}, hosts: ["*"]}'),
    errors: ['INVALID_PORT spec.servers.0.port.number'],
  },
  {
    about: 'HTTPS without tls',
    text: gateway('{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"]}'),
    errors: ['SCHEMA_REQUIRED spec.servers.0.tls'],
  },
]

const serviceEntry = (spec: string): string => `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: ext}\nspec: ${spec}\n`
const port = '{number: 80, name: http, protocol: HTTP}'

const external: readonly Case[] = [
  { about: 'names by DNS', text: serviceEntry(`{hosts: [a.test], ports: [${port}], resolution: DNS}`), errors: [] },
  {
    about: 'a wildcard by DNS',
    text: serviceEntry(`{hosts: ["*.a.test"], ports: [${port}], resolution: DNS}`),
    errors: ['INVALID_HOST spec.hosts.0'],
  },
  { about: 'any host', text: serviceEntry(`{hosts: ["*"], ports: [${port}]}`), errors: ['INVALID_HOST spec.hosts.0'] },
  { about: 'no hosts', text: serviceEntry(`{hosts: [], ports: [${port}]}`), errors: ['SCHEMA_VALUE spec.hosts'] },
  {
    about: 'endpoints for NONE',
    text: serviceEntry(`{hosts: [a.test], ports: [${port}], endpoints: [{address: 10.0.0.1}]}`),
    errors: ['CONFLICTING_FIELDS spec.endpoints'],
  },
  {
    about: 'a name for STATIC',
    text: serviceEntry(`{hosts: [a.test], ports: [${port}], resolution: STATIC, endpoints: [{address: b.test}]}`),
    errors: ['INVALID_HOST spec.endpoints.0.address'],
  },
  {
    about: 'one port twice',
    text: serviceEntry(`{hosts: [a.test], ports: [${port}, {number: 80, name: other}]}`),
    errors: ['CONFLICTING_FIELDS spec.ports.1.number'],
  },
]

const bytes = (kind: string, field: string, value: string): string => kube(kind, `${field}: {a: ${value}}`)

const encoded: readonly Case[] = [
  { about: 'lines of base64', text: bytes('Secret', 'data', '"YWJj\\nZGU="'), errors: [] },
  { about: 'nothing', text: bytes('Secret', 'data', '""'), errors: [] },
  { about: 'blanks within base64', text: bytes('Secret', 'data', 'YWJj ZGVm'), errors: ['INVALID_VALUE data.a'] },
  { about: 'base64 that ends early', text: bytes('Secret', 'data', 'YQ'), errors: ['INVALID_VALUE data.a'] },
  { about: 'plain text of a Secret', text: bytes('Secret', 'stringData', 'a b'), errors: [] },
  { about: 'bytes of a ConfigMap', text: bytes('ConfigMap', 'binaryData', 'a-b'), errors: ['INVALID_VALUE binaryData.a'] },
  { about: 'plain text of a ConfigMap', text: bytes('ConfigMap', 'data', 'a-b'), errors: [] },
]

for (const [name, cases] of Object.entries({ structural, semantic, external, encoded }))
  describe(name, () => {
    for (const { about, text, errors } of cases) test(about, () => expect(codes(text)).toEqual(errors))
  })

test('the message in full', () => {
  expect(verdict(virtualService(`[{timeOut: 5s, route: ${route}}]`)).errors.map(({ message }) => message)).toEqual([
    'a.yaml:6:11 UNKNOWN_FIELD VirtualService default/b spec.http[0].timeOut: unknown field "timeOut"\n  hint: did you mean "timeout"?',
  ])
})

test('warnings are apart from errors', () => {
  const { errors, warnings } = verdict(
    virtualService(
      `[{name: all, route: ${route}}, {route: ${route}}, {match: [{uri: {prefix: /a}}], route: ${route}}, {match: [{uri: {prefix: /ab}}], route: ${route}}]`,
    ),
  )
  expect(errors).toEqual([])
  expect(warnings.map(({ details }) => details.problem)).toEqual([
    'virtualService rule #1 not used (only the last rule can have no matches)',
    'virtualService rule #2 not used (route without matches defined before)',
    'virtualService rule #3 not used (route without matches defined before)',
  ])
})

test('a resource is judged once', () => {
  const [resource] = readText(virtualService(`[{route: ${route}}]`), 'once.yaml').resources
  expect(validateResource(resource as Resource)).toBe(validateResource(resource as Resource))
})

test('a field of Istio 1.0 is told from a slip of the pen', () => {
  const [error] = verdict(virtualService(`[{fault: {abort: {percent: 5, httpStatus: 500}}, route: ${route}}]`)).errors
  expect(error?.details.hint).toContain('write percentage: {value: …}')
})

test.each([
  [`[{timeout: 5, route: ${route}}]`, 'a length of time has a unit: 5s'],
  [`[{retries: {attempts: 1, perTryTimeout: 0.5}, route: ${route}}]`, 'a length of time has a unit: 0.5s'],
  [`[{name: 5, route: ${route}}]`, 'put the value into quotes: without them YAML reads no text here'],
])('a number for the text of %s says what to write', (http, hint) => {
  expect(verdict(virtualService(http)).errors.map(({ details }) => details.hint)).toEqual([hint])
})
