import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { makeNamespace, namespaceObject } from './own-namespace.ts'

function cluster(found: KubeObject | null) {
  const done: string[] = []
  const objects = { read: async () => found, apply: async () => void done.push('apply') } as unknown as KubeObjects
  return { objects, ledger: { touch: () => void done.push('touch') }, done }
}

const own = namespaceObject('meshspec-1f2e3d', { 'meshspec.dev/run': '1f2e3d' })

test('one that is not there is noted, and then made', async () => {
  const { objects, ledger, done } = cluster(null)
  await makeNamespace(objects, ledger, own)
  expect(done).toEqual(['touch', 'apply'])
})

test.each([[{}], [{ 'meshspec.dev/run': '9a8b7c' }]])(
  'one that is there with the labels %j is refused, and not noted as what the run would delete',
  async (labels) => {
    const { objects, ledger, done } = cluster(namespaceObject('meshspec-1f2e3d', labels))
    await expect(makeNamespace(objects, ledger, own)).rejects.toMatchObject({
      code: 'CLUSTER_REFUSED',
      message: expect.stringContaining('the namespace meshspec-1f2e3d is there already, and not of this run'),
    })
    expect(done).toEqual([])
  },
)
