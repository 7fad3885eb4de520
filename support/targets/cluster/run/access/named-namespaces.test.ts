import { expect, test } from 'vitest'
import type { KubeObject, ResourceRef } from '../../../../../mesh-core/config/resource.ts'
import { clusterError } from '../../kube/cluster-error.ts'
import { assertNamedAreThere } from './named-namespaces.ts'

const read = async ({ name }: ResourceRef): Promise<KubeObject | null> => {
  if (name === 'secret') throw clusterError('CLUSTER_DENIED', 'not permitted to read Namespace secret', null)
  return name === 'shop' ? { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } : null
}

test('a namespace that is named, and not there, is a mistake; one that nobody may ask for perhaps is there', async () => {
  await assertNamedAreThere({ read }, ['shop', 'secret'])
  await expect(assertNamedAreThere({ read }, ['shop', 'nowhere', 'secret'])).rejects.toMatchObject({
    code: 'INVALID_SETTING',
    message: expect.stringContaining('--namespaces names nowhere, which the cluster does not have'),
  })
})
