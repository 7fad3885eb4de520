import { expect, test } from 'vitest'
import { clusterError } from '../../kube/cluster-error.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { ControlPlane } from './control-plane.ts'

const istiod = (readyReplicas?: number, name = 'istiod') => ({ metadata: { namespace: 'istio-system', name }, status: { readyReplicas } })

/** @param looks what is seen at each look; the last one for ever */
function watched(looks: readonly (readonly object[] | Error)[], deployment: string | null = 'istiod') {
  let made = 0
  const list = async (): Promise<readonly object[]> => {
    const seen = looks[Math.min(made++, looks.length - 1)]!
    if (seen instanceof Error) throw seen
    return seen
  }
  const plane = new ControlPlane({ list } as unknown as KubeObjects, { namespace: 'istio-system', deployment }, 5)
  return { plane, looks: () => made }
}

const gone = {
  code: 'CLUSTER_FAILED',
  message: expect.stringContaining('the control plane is gone: no pod of Deployment istio-system/istiod is ready'),
}

test('one that is there is not looked at each time', async () => {
  const { plane, looks } = watched([[istiod(1)]])
  for (let i = 0; i < 20; i++) await plane.assertThere()
  expect(looks()).toBe(1)
})

test.each([
  ['without a ready pod', [istiod(0)]],
  ['whose status tells no number', [istiod()]],
  ['that was deleted', []],
  ['of another revision alone', [istiod(1, 'istiod-canary')]],
])('one %s is missed, and at once from then on', async (_, seen) => {
  const { plane, looks } = watched([seen])
  await expect(plane.assertThere(30)).rejects.toMatchObject(gone)
  const before = looks()
  expect(before).toBeGreaterThan(1)
  await expect(plane.assertThere(30)).rejects.toMatchObject(gone)
  expect(looks()).toBe(before + 1)
})

test('one that comes back in time was never gone', async () => {
  const { plane } = watched([[istiod(0)], [istiod(0)], [istiod(1)]])
  await plane.assertThere()
})

test('whoever waits for something else misses it after two looks', async () => {
  const { plane, looks } = watched([[istiod(0)]])
  await expect(plane.assertHope()).rejects.toMatchObject(gone)
  expect(looks()).toBe(2)
})

test('where none was found, or nobody may look, none is missed', async () => {
  await watched([[]], null).plane.assertThere(0)
  await watched([clusterError('CLUSTER_DENIED', 'not permitted', null)]).plane.assertThere(0)
})

test('a cluster that does not answer is told as such', async () => {
  const { plane } = watched([clusterError('CLUSTER_UNREACHABLE', 'the API server does not answer', null)])
  await expect(plane.assertThere()).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
})
