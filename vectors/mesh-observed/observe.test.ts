import { expect, test } from 'vitest'
import type { Hop } from '../../mesh-core/ir/index.ts'
import { inboundEntries } from './observe.ts'

const scene = { inbound: new Set(['b-v1.default', 'b-v2.default']) }

test('what sidecars of receivers wrote is in the same order whether a copy or its request came first', () => {
  const [request, copy, other] = [hopTo('b-v2.default', '9090', false), hopTo('b-v2.default', '8080', true), hopTo('b-v1.default', '80', false)]
  const clusters = (hops: readonly Hop[]) => inboundEntries({ hops }, scene).map(({ workload, cluster }) => `${workload} ${cluster}`)
  const expected = ['b-v1.default 80', 'b-v2.default 8080', 'b-v2.default 9090']
  expect(clusters([request, copy, other])).toEqual(expected)
  expect(clusters([copy, request, other])).toEqual(expected)
})

test('tries of a request stay in their order, and sidecars that the recorder had not are left out', () => {
  const hops = [hopTo('b-v1.default', 'first', false), hopTo('c.default', 'any', false), hopTo('b-v1.default', 'again', false)]
  expect(inboundEntries({ hops }, scene).map(({ cluster }) => cluster)).toEqual(['first', 'again'])
})

function hopTo(proxy: string, cluster: string, mirrored: boolean): Hop {
  return { mirrored, inbound: { proxy, status: 200, flags: '-', route: '-', cluster, details: '-' } } as unknown as Hop
}
