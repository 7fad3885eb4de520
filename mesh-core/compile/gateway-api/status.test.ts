import { expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { createMesh } from '../../create-mesh.ts'
import type { ObjectStatus } from './object-status.ts'

const api = 'apiVersion: gateway.networking.k8s.io/v1'
const gateway = (listeners: string, more = ''): string =>
  `${api}\nkind: Gateway\nmetadata: {name: gw}\nspec: {gatewayClassName: istio, listeners: ${listeners}${more}}`
const route = (spec: string, name = 'shop', namespace = 'default'): string =>
  `${api}\nkind: HTTPRoute\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}`
const namespace = (name: string, labels: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: ${labels}}`
const http = '{name: http, port: 80, protocol: HTTP, hostname: "*.shop.test"}'

function statusOf(kind: string, name: string, ...documents: string[]): ObjectStatus {
  const mesh = createMesh()
  mesh.apply(readText(documents.join('\n---\n'), 'status.yaml').resources)
  return mesh.statuses.find(({ resource }) => resource.kind === kind && resource.name === name)!
}

function reasons(status: ObjectStatus, type: string): string[] {
  const holders = status.parents.length > 0 ? status.parents : [status]
  return holders.flatMap(({ conditions }) => conditions.filter((one) => one.type === type).map((one) => `${one.status} ${one.reason}`))
}

test.each([
  ['a listener that takes it', '{parentRefs: [{name: gw}], hostnames: [a.shop.test]}', ['True Accepted']],
  ['no hostname of its own', '{parentRefs: [{name: gw}]}', ['True Accepted']],
  ['a hostname that is no listener’s', '{parentRefs: [{name: gw}], hostnames: [a.other.test]}', ['False NoMatchingListenerHostname']],
  ['a section that is not there', '{parentRefs: [{name: gw, sectionName: https}]}', ['False NoMatchingParent']],
  ['a port that is not there', '{parentRefs: [{name: gw, port: 81}]}', ['False NoMatchingParent']],
  ['two parents', '{parentRefs: [{name: gw, sectionName: http}, {name: gw, sectionName: https}]}', ['True Accepted', 'False NoMatchingParent']],
  ['a Service that is not there', '{parentRefs: [{group: "", kind: Service, name: nosuch}]}', ['False NoMatchingParent']],
])('a route with %s', (_, spec, wanted) => {
  expect(reasons(statusOf('HTTPRoute', 'shop', gateway(`[${http}]`), route(spec)), 'Accepted')).toEqual(wanted)
})

test.each([
  ['Same', 'False NotAllowedByListeners'],
  ['All', 'True Accepted'],
  ['Selector, selector: {matchLabels: {team: red}}', 'True Accepted'],
  ['Selector, selector: {matchExpressions: [{key: team, operator: NotIn, values: [red]}]}', 'False NotAllowedByListeners'],
  ['Selector, selector: {matchLabels: {kubernetes.io/metadata.name: other}}', 'True Accepted'],
])('a route of another namespace where the listener takes those from %s', (from, wanted) => {
  const listener = `{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: ${from}}}}`
  const foreign = route('{parentRefs: [{name: gw, namespace: default}]}', 'shop', 'other')
  expect(reasons(statusOf('HTTPRoute', 'shop', namespace('other', '{team: red}'), gateway(`[${listener}]`), foreign), 'Accepted')).toEqual([wanted])
})

test.each([
  [false, ['False UnsupportedProtocol'], undefined],
  [true, ['True Accepted'], ['True Accepted']],
])('a UDP listener and its route, by the specification: %j', (spec, listener, route) => {
  const udp = `${api.replace('v1', 'v1alpha2')}\nkind: UDPRoute\nmetadata: {name: dns}\nspec: {parentRefs: [{name: gw}], rules: [{backendRefs: [{name: dns, port: 53}]}]}`
  const mesh = createMesh({ spec })
  mesh.apply(readText([gateway('[{name: dns, port: 53, protocol: UDP}]'), udp].join('\n---\n'), 'status.yaml').resources)
  const [gatewayStatus, routeStatus] = ['Gateway', 'UDPRoute'].map((kind) => mesh.statuses.find(({ resource }) => resource.kind === kind))
  const accepted = gatewayStatus!.listeners[0]!.conditions.filter(({ type }) => type === 'Accepted')
  expect(accepted.map(({ status, reason }) => `${status} ${reason}`)).toEqual(listener)
  expect(routeStatus && reasons(routeStatus, 'Accepted')).toEqual(route)
})

test('listeners count the routes that they have taken', () => {
  const listeners = '[{name: a, port: 80, protocol: HTTP}, {name: b, port: 81, protocol: HTTP}]'
  const routes = [route('{parentRefs: [{name: gw}]}', 'one'), route('{parentRefs: [{name: gw, sectionName: a}]}', 'two')]
  expect(statusOf('Gateway', 'gw', gateway(listeners), ...routes).listeners.map(({ name, attachedRoutes }) => [name, attachedRoutes])).toEqual([
    ['a', 2],
    ['b', 1],
  ])
})

test.each([
  ['in order', `[${http}]`, '', 'True Accepted'],
  ['of which one cannot be', `[${http}, {name: odd, port: 81, protocol: ODD}]`, '', 'True ListenersNotValid'],
  ['of which none can be', '[{name: odd, port: 81, protocol: ODD}]', '', 'False ListenersNotValid'],
  [
    'and parameters that nobody knows',
    `[${http}]`,
    ', infrastructure: {parametersRef: {group: x.io, kind: Odd, name: odd}}',
    'False InvalidParameters',
  ],
])('a Gateway with listeners %s', (_, listeners, more, wanted) => {
  expect(reasons(statusOf('Gateway', 'gw', gateway(listeners, more)), 'Accepted')).toEqual([wanted])
})

test('the listener of a set gives way to that of its Gateway', () => {
  const set = `${api}\nkind: ListenerSet\nmetadata: {name: set}\nspec: {parentRef: {name: gw}, listeners: [{name: tcp, port: 80, protocol: TCP}, ${http}]}`
  const status = statusOf('ListenerSet', 'set', gateway(`[${http}]`, ', allowedListeners: {namespaces: {from: Same}}'), set)
  const conflicts = status.listeners.map(({ conditions }) => conditions.find(({ type }) => type === 'Conflicted')?.reason)
  expect(conflicts).toEqual(['ProtocolConflict', 'HostnameConflict'])
  expect(reasons(status, 'Accepted')).toEqual(['False ListenersNotValid'])
})

test('a Gateway of a class that is somebody else’s has no status', () => {
  expect(statusOf('Gateway', 'gw', gateway(`[${http}]`).replace('istio', 'other'))).toBeUndefined()
})

const addressed = (value: string, port = 80): string =>
  gateway(`[{name: http, port: ${port}, protocol: HTTP}]`, `, addresses: [{type: Hostname, value: ${value}}]`)
const service = (ports: string, selector = '{app: web}'): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: ${selector}, ports: ${ports}}`
const pods = `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}}`

test.each([
  ['that has its port', addressed('web'), service('[{port: 80, targetPort: 8080}]'), 'True Programmed'],
  ['that has another port', addressed('web', 81), service('[{port: 80, targetPort: 8080}]'), 'False AddressNotUsable'],
  ['whose pods have its port', addressed('web', 8080), service('[{port: 80, targetPort: 8080}]'), 'False AddressNotUsable'],
  ['that nobody stands behind', addressed('web'), service('[{port: 80}]', '{app: nobody}'), 'False AddressNotAssigned'],
  ['that is not there', addressed('nosuch'), service('[{port: 80}]'), 'False AddressNotUsable'],
  ['of another namespace', addressed('web.other.svc.cluster.local'), service('[{port: 80}]'), 'False AddressNotUsable'],
])('a Gateway that is served by a Service %s', (_, gatewayYaml, serviceYaml, wanted) => {
  const status = statusOf('Gateway', 'gw', gatewayYaml, serviceYaml, pods)
  expect(reasons(status, 'Accepted')).toEqual(['True Accepted'])
  expect(reasons(status, 'Programmed')).toEqual([wanted])
})

const broken = '{filters: [{type: ExtensionRef, extensionRef: {group: x.io, kind: Odd, name: odd}}]}'
const sound = '{matches: [{path: {value: /sound}}]}'

test.each([
  [true, [broken, sound], { Accepted: ['True Accepted'], ResolvedRefs: ['True ResolvedRefs'], PartiallyInvalid: ['True UnsupportedValue'] }],
  [true, [broken], { Accepted: ['False UnsupportedValue'], ResolvedRefs: ['True ResolvedRefs'], PartiallyInvalid: [] }],
  [true, [sound], { Accepted: ['True Accepted'], ResolvedRefs: ['True ResolvedRefs'], PartiallyInvalid: [] }],
  [false, [broken, sound], { Accepted: ['True Accepted'], ResolvedRefs: ['False InvalidFilter'], PartiallyInvalid: [] }],
])('a filter that nobody knows, by the specification: %j, among %j', (spec, rules, wanted) => {
  const mesh = createMesh({ spec })
  mesh.apply(readText([gateway(`[${http}]`), route(`{parentRefs: [{name: gw}], rules: [${rules.join(', ')}]}`)].join('\n---\n'), 'a.yaml').resources)
  const status = mesh.statuses.find(({ resource }) => resource.kind === 'HTTPRoute')!
  expect(Object.fromEntries(Object.keys(wanted).map((type) => [type, reasons(status, type)]))).toEqual(wanted)
})

const validation = (ref: string, mode = 'AllowValidOnly'): string =>
  `, tls: {frontend: {default: {validation: {mode: ${mode}, caCertificateRefs: [${ref}]}}}}`

test.each([
  ['{group: "", kind: ConfigMap, name: nosuch}', 'AllowValidOnly', 'InvalidCACertificateRef'],
  ['{group: "", kind: ConfigMap, name: nosuch}', 'AllowInsecureFallback', 'InvalidCACertificateRef'],
  ['{group: "", kind: Service, name: web}', 'AllowValidOnly', 'InvalidCACertificateKind'],
  ['{group: "", kind: Secret, name: ca, namespace: other}', 'AllowValidOnly', 'RefNotPermitted'],
  ['{group: "", kind: ConfigMap, name: a}, {group: "", kind: ConfigMap, name: b}', 'AllowValidOnly', 'InvalidCACertificateRef'],
])('clients that are checked against %s (%s): %s', (ref, mode, wanted) => {
  const listeners = '[{name: http, port: 80, protocol: HTTP}, {name: https, port: 443, protocol: HTTPS, tls: {options: {a.io/b: c}}}]'
  const {
    listeners: [plain, tls],
  } = statusOf('Gateway', 'gw', gateway(listeners, validation(ref, mode)))
  const said = (name: string, listener = tls): string =>
    listener!.conditions
      .filter(({ type }) => type === name)
      .map(({ status, reason }) => `${status} ${reason}`)
      .join()
  expect([said('ResolvedRefs'), said('Accepted'), said('Programmed')]).toEqual([`False ${wanted}`, 'False NoValidCACertificate', 'False Invalid'])
  expect(said('Accepted', plain)).toBe('True Accepted')
})

test.each([
  [true, '"*.shop.test"', '"a.shop.test"', 'True OverlappingHostnames'],
  [true, '"*.shop.test"', 'other.test', ''],
  [false, '"*.shop.test"', '"a.shop.test"', ''],
])('HTTPS listeners for hostnames that meet, by the specification: %j, %s and %s', (spec, one, other, wanted) => {
  const https = (name: string, hostname: string): string =>
    `{name: ${name}, port: 443, protocol: HTTPS, hostname: ${hostname}, tls: {options: {a.io/b: c}}}`
  const mesh = createMesh({ spec })
  mesh.apply(readText(gateway(`[${https('one', one)}, ${https('two', other)}]`), 'a.yaml').resources)
  const said = mesh.statuses[0]!.listeners.map(({ conditions }) =>
    conditions
      .filter(({ type }) => type === 'OverlappingTLSConfig')
      .map(({ status, reason }) => `${status} ${reason}`)
      .join(),
  )
  expect(said).toEqual([wanted, wanted])
})

test('a Gateway of the class of remote ones is programmed elsewhere', () => {
  const status = statusOf('Gateway', 'gw', addressed('gw.example.com').replace('gatewayClassName: istio', 'gatewayClassName: istio-remote'))
  expect([reasons(status, 'Programmed'), status.addresses]).toEqual([['True Programmed'], ['gw.example.com']])
})
