import { expect, test } from 'vitest'
import type { PodRecord } from '../../../../samples/pod/recorded.ts'
import type { Pod } from './pod.ts'
import { hopsOf } from './pod-evidence.ts'

const pod = (app: string, ip: string): Pod =>
  ({ namespace: 'default', name: `${app}-v1-1`, workload: `${app}-v1`, app, version: 'v1', labels: {}, ip }) as Pod

const client = pod('client', '10.0.0.1')
const words = { namespace: (real: string) => real, text: (real: string) => real }

function received(receiver: Pod, sequence: number, authority: string, forwarded: string) {
  const request = { method: 'GET', path: '/', authority, headers: ['x-forwarded-for', forwarded], body: '' }
  return { pod: receiver, record: { id: 'r', mark: null, sequence, request, calls: [], status: 200, tls: null } as unknown as PodRecord }
}

test.each([
  ['another service', pod('audit', '10.0.0.3'), 'audit.default.svc.cluster.local'],
  ['another version of the same', pod('shop', '10.0.0.4'), 'shop'],
])('a copy counts for the service that it is for: %s', (_, copied, service) => {
  // The copy has the sender's address once more, and the Host of the request that it was made of.
  const arrivals = [received(pod('shop', '10.0.0.2'), 1, 'shop', '10.0.0.9'), received(copied, 2, 'shop', `10.0.0.9,${client.ip}`)]
  const hops = hopsOf(client, 'shop', { response: null }, arrivals, words)
  expect(hops.map((hop) => [hop.service, hop.mirrored])).toEqual([
    ['shop', false],
    [service, true],
  ])
})
