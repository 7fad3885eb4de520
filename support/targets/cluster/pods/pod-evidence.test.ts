import { expect, test } from 'vitest'
import type { Exchange } from '../../../../mesh-core/ir/exchange.ts'
import type { PodRecord } from '../../../../samples/pod/recorded.ts'
import type { Pod } from './pod.ts'
import { BehindHosts } from './behind-hosts.ts'
import { hopsOf, isWayKnown } from './pod-evidence.ts'

const pod = (app: string, ip: string): Pod =>
  ({ namespace: 'default', name: `${app}-v1-1`, workload: `${app}-v1`, app, version: 'v1', labels: { app }, ip }) as Partial<Pod> as Pod

const client = pod('client', '10.0.0.1')
const words = { namespace: (real: string) => real, text: (real: string) => real }
const objects = ['shop', 'audit'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: name } },
}))
const scene = { words, gateways: [], answeredBy: null, behind: new BehindHosts(objects) }

function received(receiver: Pod, sequence: number, authority: string, forwarded: string, peer: string | null = null) {
  const request = { method: 'GET', path: '/', authority, headers: ['x-forwarded-for', forwarded], body: '' }
  return { pod: receiver, record: { id: 'r', mark: null, sequence, request, calls: [], status: 200, tls: null, peer } as unknown as PodRecord }
}

test.each([
  ['another service', pod('audit', '10.0.0.3'), 'audit.default.svc.cluster.local'],
  ['another version of the same', pod('shop', '10.0.0.4'), 'shop'],
])('a copy counts for the service that it is for: %s', (_, copied, service) => {
  // The copy has the sender's address once more, and the Host of the request that it was made of.
  const arrivals = [received(pod('shop', '10.0.0.2'), 1, 'shop', '10.0.0.9'), received(copied, 2, 'shop', `10.0.0.9,${client.ip}`)]
  const hops = hopsOf(client, 'shop', { response: null }, arrivals, scene)
  expect(hops.map((hop) => [hop.service, hop.mirrored])).toEqual([
    ['shop', false],
    [service, true],
  ])
})

test.each([
  ['shop', 'shop'],
  ['shop.default:80', 'shop.default'],
  ['audit.default', 'shop.default.svc.cluster.local'],
  ['audit.example.com', 'shop.default.svc.cluster.local'],
])('what was asked for %s is taken for %s', (authority, service) => {
  const [hop] = hopsOf(client, authority, { response: null }, [received(pod('shop', '10.0.0.2'), 1, authority, '10.0.0.9')], scene)
  expect([hop!.service, hop!.received?.authority]).toEqual([service, authority])
})

test('what leaves the cluster is taken by nobody who is known by name', () => {
  const outside = { ...pod('outside', '10.0.0.5'), labels: { 'meshspec.dev/outside': 'true' } }
  const [hop] = hopsOf(client, 'edition.cnn.com', { response: null }, [received(outside, 1, 'edition.cnn.com', '10.0.0.9')], scene)
  expect(hop).toMatchObject({ from: { name: 'client-v1' }, service: 'edition.cnn.com', to: null, version: null, app: null })
  expect(hop!.received?.authority).toBe('edition.cnn.com')
})

test('what comes from the address of a gateway has passed it', () => {
  const gateway = { ...pod('istio-egressgateway', '10.0.0.7'), version: '' }
  const outside = { ...pod('outside', '10.0.0.5'), labels: { 'meshspec.dev/outside': 'true' } }
  const arrivals = [received(outside, 1, 'edition.cnn.com', client.ip, '10.0.0.7')]
  const hops = hopsOf(client, 'edition.cnn.com', { response: null }, arrivals, { ...scene, gateways: [gateway] })
  // A gateway tells whom it forwards for, as whoever makes a copy does.
  expect(hops.map(({ parent, from, to, mirrored }) => [parent, from?.name, to?.name, mirrored])).toEqual([
    [-1, 'client-v1', 'istio-egressgateway-v1', false],
    [0, 'istio-egressgateway-v1', undefined, false],
  ])
  const direct = hopsOf(client, 'edition.cnn.com', { response: null }, [received(outside, 1, 'edition.cnn.com', '10.0.0.9', client.ip)], scene)
  expect(direct.map(({ parent, from }) => [parent, from?.name])).toEqual([[-1, 'client-v1']])
})

test('a gateway that has answered by itself is the end of the path', () => {
  const gateway = { ...pod('istio-egressgateway', '10.0.0.7'), version: '' }
  const response = { status: 404 } as Exchange['response']
  const hops = hopsOf(client, 'edition.cnn.com:80', { response }, [], { ...scene, answeredBy: gateway })
  expect(hops).toMatchObject([
    { parent: -1, from: { name: 'client-v1' }, service: 'edition.cnn.com', to: { name: 'istio-egressgateway-v1' }, status: 404 },
  ])
})

test('the way of a request is known by who has passed it on, or has answered it', () => {
  const gateway = pod('istio-egressgateway', '10.0.0.7')
  const from = (peer: string) => received(pod('shop', '10.0.0.2'), 1, 'shop', '', peer)
  expect(isWayKnown([from(client.ip), from(gateway.ip)], [client, gateway], null)).toBe(true)
  expect(isWayKnown([from(client.ip), from('10.0.0.99')], [client, gateway], null)).toBe(false)
  expect(isWayKnown([], [client, gateway], gateway)).toBe(true)
  expect(isWayKnown([], [client, gateway], null)).toBe(false)
})
