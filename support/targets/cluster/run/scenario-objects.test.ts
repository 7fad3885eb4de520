import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { resourceKey } from '../../../../mesh-core/config/resource.ts'
import type { KubeObjects } from '../kube/objects.ts'
import type { Ledger } from './restore/ledger.ts'
import { namespaceObject } from './access/own-namespace.ts'
import { refOfObject } from './restore/restore.ts'
import { ScenarioObjects } from './scenario-objects.ts'

function rule(host: string, namespace: string): KubeObject {
  const metadata = { name: 'shop', namespace, annotations: { note: 'ours' } }
  return { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata, spec: { hosts: [host] } }
}

/** A cluster with one object in it. */
function scenario(first: KubeObject | null, isOwn: boolean) {
  const done: string[] = []
  let now = first
  const put = (how: string) => async (object: KubeObject) => {
    done.push(how)
    return (now = object)
  }
  const objects = {
    read: async () => now,
    apply: put('apply'),
    replace: put('replace'),
    create: put('create'),
    delete: async () => {
      done.push('delete')
      now = null
    },
  } as unknown as KubeObjects
  const ledger = {
    head: { run: '1f2e3d' },
    touch: () => void done.push('touch'),
    done: () => void done.push('done'),
    kept: async () => void done.push('kept'),
  } as unknown as Ledger
  return { config: new ScenarioObjects(objects, ledger, () => isOwn), done, now: () => now }
}

test('what stood before is known to the cluster before it is changed, says who has changed it, and is put back', async () => {
  const before = rule('ours', 'shop')
  const { config, done, now } = scenario(before, false)
  await config.apply([rule('theirs', 'shop')])
  expect(done).toEqual(['touch', 'kept', 'replace'])
  expect(now()!.metadata.annotations).toEqual({ note: 'ours', 'meshspec.dev/changed-by': '1f2e3d' })
  await config.undo()
  expect(done.slice(3)).toEqual(['replace', 'done', 'kept'])
  expect(now()).toEqual(before)
})

test.each(['networking.istio.io/v1', 'networking.istio.io/v1alpha3'])(
  'an object in the version %s is another only when somebody has changed it',
  async (apiVersion) => {
    const inVersion = (object: KubeObject, version: string): KubeObject => ({ ...object, apiVersion: version })
    let stored = rule('ours', 'meshspec-1f2e3d')
    const objects = {
      apply: async (object: KubeObject) => (stored = object),
      readAll: async (refs: readonly { apiVersion?: string }[]) =>
        new Map(refs.map((ref) => [resourceKey(refOfObject(stored)), inVersion(stored, ref.apiVersion ?? 'networking.istio.io/v1')])),
    } as unknown as KubeObjects
    const ledger = { head: { run: '1f2e3d' }, touch: () => {} } as unknown as Ledger
    const config = new ScenarioObjects(objects, ledger, () => true)
    await config.apply([inVersion(stored, apiVersion)])
    await config.assertUntouched()
    stored = rule('theirs', 'meshspec-1f2e3d')
    await expect(config.assertUntouched()).rejects.toMatchObject({ code: 'CONFIG_CHANGED', message: /spec\.hosts\[0\] is "theirs"/ })
  },
)

test('what was deleted is made again', async () => {
  const { config, done } = scenario(rule('ours', 'shop'), false)
  await config.remove([refOfObject(rule('ours', 'shop'))])
  await config.apply([rule('theirs', 'shop')])
  expect(done).toEqual(['touch', 'kept', 'delete', 'create'])
})

test('for what is in a namespace of the run nobody waits', async () => {
  const { config, done } = scenario(null, true)
  await config.apply([rule('theirs', 'meshspec-1f2e3d')])
  expect(done).toEqual(['touch', 'apply'])
})

test('a namespace of the run keeps what is in it: it is labelled, and has its own labels again', async () => {
  const before = namespaceObject('meshspec-1f2e3d-prod', { 'istio-injection': 'enabled', 'meshspec.dev/run': '1f2e3d' })
  const asked = namespaceObject('meshspec-1f2e3d-prod', { 'istio-injection': 'enabled', access: 'shared' })
  const { config, done, now } = scenario(before, false)
  await config.apply([asked])
  expect(now()!.metadata.labels).toEqual({ ...before.metadata.labels, access: 'shared' })
  await config.remove([refOfObject(asked)])
  expect(now()).toEqual(before)
  await config.apply([asked])
  await config.undo()
  expect(now()).toEqual(before)
  expect(done).not.toContain('delete')
  // The ledger has it still: the run takes it away when it ends.
  expect(done).not.toContain('done')
})
