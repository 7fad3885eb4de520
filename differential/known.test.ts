import { expect, test } from 'vitest'
import { KnownOf } from './known.ts'

const call = '#0 GET http://c/ from a.default'
const lost = { status: 0, error: 'closed', flags: 'UF,URX', tcp: true, cluster: 'outbound|443||ext.test' }
const entry = (endpoint: object) => [
  { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: 'x', namespace: 'default' }, spec: { endpoints: [endpoint] } },
]
const member = entry({ address: '192.0.2.1', serviceAccount: 'ext' })

const covered = (config: ReturnType<typeof entry>, answer: object, difference: { field: string; wanted: unknown; seen: unknown }): boolean =>
  new KnownOf('istiod', config, [answer]).covers({ call, ...difference })

test('a machine of the mesh that does not answer is known, for what a lost connection shows', () => {
  expect(covered(member, lost, { field: 'status', wanted: 0, seen: 200 })).toBe(true)
  expect(covered(member, lost, { field: 'cluster', wanted: 'x', seen: 'y' })).toBe(false)
  expect(covered(entry({ address: '192.0.2.1' }), lost, { field: 'status', wanted: 0, seen: 200 })).toBe(false)
  expect(covered(member, { ...lost, flags: 'UH' }, { field: 'status', wanted: 0, seen: 200 })).toBe(false)
})

test('of a pod that calls itself the status is compared, the log is not', () => {
  const own = { status: 200, cluster: 'inbound|80||' }
  expect(covered([], own, { field: 'route', wanted: 'default', seen: 'x' })).toBe(true)
  expect(covered([], own, { field: 'status', wanted: 200, seen: 503 })).toBe(false)
})

test('a sidecar that is not there misses its log alone', () => {
  const passed = { status: 200, passthrough: true }
  expect(covered([], passed, { field: 'inbound.length', wanted: [], seen: [1] })).toBe(true)
  expect(covered([], passed, { field: 'inbound.length', wanted: [1], seen: [] })).toBe(false)
  expect(covered([], { status: 200 }, { field: 'inbound.length', wanted: [], seen: [1] })).toBe(false)
})

test('fields are counted once, by reason', () => {
  const known = new KnownOf('istiod', member, [lost])
  for (const field of ['status', 'status', 'flags', 'route']) known.covers({ call, field, wanted: 1, seen: 2 })
  expect([...known.counts.values()]).toEqual([2])
})
