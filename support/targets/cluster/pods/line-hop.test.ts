import { expect, test } from 'vitest'
import { bytesOf } from '../../../../mesh-core/ir/message.ts'
import { BehindHosts } from './behind-hosts.ts'
import { lineHop } from './line-hop.ts'
import type { Pod } from './pod.ts'

const pod = (workload: string, name: string, namespace = 'meshspec-1'): Pod =>
  ({ namespace, name, workload, app: 'shop', version: workload === 'shop-v2' ? 'v2' : '', labels: { app: 'shop' } }) as unknown as Pod

const shop = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop', namespace: 'meshspec-1' }, spec: { selector: { app: 'shop' } } }
const scene = {
  words: { namespace: () => 'default', text: (text: string) => text.replace('meshspec-1', 'default') },
  behind: new BehindHosts([shop]),
}
const hop = (answer: string, pods: readonly Pod[], asked = 'shop:9000') =>
  lineHop({ sender: null, request: bytesOf('tcp', asked, 'hello\n'), answer }, pods, scene)

test('the name before the answer tells who gave it', () => {
  const found = hop('shop-v2 hello\n', [pod('shop', 'shop-1'), pod('shop-v2', 'shop-v2-1')])
  expect(found).toMatchObject({ to: { namespace: 'default', name: 'shop-v2', instance: 'shop-v2-1' }, version: 'v2', received: { body: 'hello\n' } })
})

test('one of several pods of a workload is not told apart', () => {
  expect(hop('shop hello\n', [pod('shop', 'shop-1'), pod('shop', 'shop-2')])?.to).toMatchObject({ name: 'shop', instance: '' })
})

test.each([
  ['another name', 'other hello\n', [pod('shop', 'shop-1')]],
  ['nothing', '', [pod('shop', 'shop-1')]],
  ['the name of workloads in several namespaces', 'shop hello\n', [pod('shop', 'shop-1'), pod('shop', 'shop-1', 'meshspec-2')]],
])('%s tells nothing', (_, answer, pods) => {
  expect(hop(answer, pods)).toBeNull()
})

test.each([
  ['shop.meshspec-1:9000', 'shop.default'],
  ['ledger.meshspec-1:9000', 'shop.default.svc.cluster.local'],
])('what was sent to %s is taken for %s', (asked, service) => {
  expect(hop('shop hello\n', [pod('shop', 'shop-1')], asked)).toMatchObject({
    service,
    received: { authority: asked.replace('meshspec-1', 'default') },
  })
})
