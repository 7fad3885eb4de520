import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { KeptInLease, keptIn, withKept } from './kept.ts'
import type { Lease, LeaseObject } from '../lease/lease-object.ts'
import type { Touched } from './ledger.ts'

const empty: Lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'meshspec', namespace: 'default', annotations: { note: 'ours' } },
  spec: { holderIdentity: '1f2e3d on ci (pid 4711)' },
}

function touched(name: string, kind = 'VirtualService', note = 'ours'): Touched {
  const group = kind === 'Secret' ? '' : 'networking.istio.io'
  const before = { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', annotations: { note } } } as unknown as KubeObject
  return { ref: { group, kind, namespace: 'shop', name }, before }
}

/** A Lease in a cluster. */
function inCluster(first: Lease | null = empty) {
  const seen = { lease: first, writes: 0 }
  const change = async (edit: (held: Lease | null) => Lease | null): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    seen.lease = edit(seen.lease) ?? seen.lease
    seen.writes++
  }
  return { seen, lease: { change } as unknown as LeaseObject }
}

test('each process of a run has its own place in the Lease, beside what is there', () => {
  const first = withKept(empty, { run: '1f2e3d-0', touched: [touched('a')] })
  const both = withKept(first, { run: '1f2e3d-1', touched: [touched('b'), { ref: touched('c').ref, before: null }] })
  expect(keptIn(both)).toEqual([
    { run: '1f2e3d-0', touched: [touched('a')] },
    { run: '1f2e3d-1', touched: [touched('b'), { ref: touched('c').ref, before: null }] },
  ])
  const last = withKept(withKept(both, { run: '1f2e3d-0', touched: [] }), { run: '1f2e3d-1', touched: [] })
  expect(last).toEqual(empty)
  expect(keptIn(null)).toEqual([])
})

test('what is more than a Lease can hold is not changed', () => {
  const large = touched('a', 'VirtualService', randomBytes(200_000).toString('base64'))
  expect(() => withKept(empty, { run: '1f2e3d', touched: [large] })).toThrow(/more than a Lease can keep: 2\d\d KiB/)
})

test('what is touched at once is written at once, and what comes meanwhile after that', async () => {
  const { seen, lease } = inCluster()
  const kept = new KeptInLease(lease, '1f2e3d')
  kept.keep([touched('a')])
  kept.keep([touched('b'), touched('a')])
  await kept.settled()
  expect(seen.writes).toBe(1)
  kept.keep([touched('c')])
  await new Promise((resolve) => setTimeout(resolve, 1))
  kept.keep([touched('d')])
  await kept.settled()
  expect([seen.writes, keptIn(seen.lease)]).toEqual([3, [{ run: '1f2e3d', touched: [touched('d')] }]])
  kept.keep([])
  await kept.settled()
  expect(seen.lease).toEqual(empty)
})

test('of a Secret it tells where its content is, and not what it is', async () => {
  const { seen, lease } = inCluster()
  const kept = new KeptInLease(lease, '1f2e3d')
  kept.keep([touched('credential', 'Secret')])
  await kept.settled()
  expect(keptIn(seen.lease)[0]!.touched).toEqual([{ ref: touched('credential', 'Secret').ref, on: hostname() }])
})

test.each([
  ['another run has', { ...empty, spec: { holderIdentity: 'abcdef on ci (pid 1)' } }],
  ['nobody has', null],
])('nothing is changed by a run whose Lease %s', async (_, held) => {
  const { seen, lease } = inCluster(held)
  const kept = new KeptInLease(lease, '1f2e3d')
  kept.keep([touched('a')])
  await expect(kept.settled()).rejects.toMatchObject({ name: 'Undecided' })
  expect(seen.lease).toEqual(held)
})
