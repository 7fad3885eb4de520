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
