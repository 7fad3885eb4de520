import { expect, test } from 'vitest'
import { bytesOf } from '../../../../mesh-core/ir/message.ts'
import { lineHop } from './pod-evidence.ts'
import type { Pod } from './pod.ts'

const pod = (workload: string, name: string, namespace = 'meshspec-1'): Pod =>
  ({ namespace, name, workload, app: 'shop', version: workload === 'shop-v2' ? 'v2' : '', labels: {} }) as unknown as Pod

const request = bytesOf('tcp', 'shop:9000', 'hello\n')
const hop = (answer: string, pods: readonly Pod[]) => lineHop(null, request, answer, pods, () => 'default')

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
