import { expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/read.ts'
import { statusNotices, statusReport } from './status-notices.ts'

const gateway = 'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: entry}\n'
const route = (spec: string): string => `---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: shop}\nspec: ${spec}\n`
const listens = `${gateway}spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}\n`
const service = '---\napiVersion: v1\nkind: Service\nmetadata: {name: other}\nspec: {ports: [{port: 80}]}\n'

function notices(yaml: string, whole = false): string[] {
  return statusNotices(readText(yaml, 'shop.yaml').resources, whole)
}

test.each([
  ['nothing of the Gateway API', service, false, []],
  ['what is in order', listens + route('{parentRefs: [{name: entry}]}'), false, []],
  [
    'a listener that the Gateway does not have',
    listens + route('{parentRefs: [{name: entry, sectionName: https}]}'),
    false,
    ['shop.yaml: HTTPRoute default/shop at Gateway entry: Accepted is False, NoMatchingParent: the parent has no listener with name "https"'],
  ],
  [
    'a Service that may live elsewhere',
    listens + route('{parentRefs: [{name: entry}], rules: [{backendRefs: [{name: shop, port: 80}]}]}'),
    false,
    [],
  ],
  [
    'a Service that does not exist',
    listens + route('{parentRefs: [{name: entry}], rules: [{backendRefs: [{name: shop, port: 80}]}]}'),
    true,
    ['shop.yaml: HTTPRoute default/shop at Gateway entry: ResolvedRefs is False, BackendNotFound: there is no Service "default/shop"'],
  ],
  [
    'a Service that is not among those of its namespace',
    listens + route('{parentRefs: [{name: entry}], rules: [{backendRefs: [{name: shop, port: 80}]}]}') + service,
    false,
    ['shop.yaml: HTTPRoute default/shop at Gateway entry: ResolvedRefs is False, BackendNotFound: there is no Service "default/shop"'],
  ],
  [
    'a certificate that is missing',
    `${gateway}spec: {gatewayClassName: istio, listeners: [{name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: shop}]}}]}\n`,
    false,
    [
      'shop.yaml: Gateway default/entry: Accepted is False, ListenersNotValid: listeners that take no traffic: https',
      'shop.yaml: Gateway default/entry: Programmed is False, Invalid: listeners that take no traffic: https',
      'shop.yaml: Gateway default/entry listener https: Programmed is False, Invalid: there is no Secret "default/shop"',
      'shop.yaml: Gateway default/entry listener https: ResolvedRefs is False, InvalidCertificateRef: there is no Secret "default/shop"',
    ],
  ],
] as const)('%s', (_, yaml, whole, wanted) => expect(notices(yaml, whole)).toEqual(wanted))

test('a Gateway at a Service of others is told only where the config is all that there is', () => {
  const elsewhere = `${gateway}spec: {gatewayClassName: istio, addresses: [{type: Hostname, value: edge}], listeners: [{name: http, port: 80, protocol: HTTP}]}\n`
  expect(notices(elsewhere)).toEqual([])
  expect(notices(elsewhere, true)).toEqual([
    'shop.yaml: Gateway default/entry: Programmed is False, AddressNotUsable: there is no Service "edge.default.svc.cluster.local"',
  ])
})

test('statuses as a controller writes them', () => {
  const report = statusReport(readText(listens + route('{parentRefs: [{name: entry}]}'), 'shop.yaml').resources)
  expect(report).toMatchObject([
    {
      resource: 'Gateway default/entry',
      file: 'shop.yaml',
      conditions: [{ type: 'Accepted', status: 'True', reason: 'Accepted', observedGeneration: 1 }, { type: 'Programmed' }, { type: 'ResolvedRefs' }],
      listeners: [{ name: 'http', attachedRoutes: 1, supportedKinds: [{ kind: 'HTTPRoute' }, { kind: 'GRPCRoute' }] }],
    },
    {
      resource: 'HTTPRoute default/shop',
      parents: [{ parentRef: { name: 'entry' }, conditions: [{ type: 'Accepted', status: 'True' }, { type: 'ResolvedRefs' }] }],
    },
  ])
})
