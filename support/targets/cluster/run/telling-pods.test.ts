import { expect, test } from 'vitest'
import { NotSupported } from '../../target.ts'
import { clusterError } from '../kube/cluster-error.ts'
import type { Pod } from '../pods/pod.ts'
import type { ClusterRun } from './cluster-run.ts'
import { TellingPods } from './telling-pods.ts'

const pod = (name: string, container = 'app'): Pod => ({ namespace: 'a', name, container, sidecar: false }) as Pod
const failed = clusterError('CLUSTER_FAILED', 'cannot run a command in pod a/shop', null)

/** @param agents by pod. @param there pods, those that are about to end with `-` before the name. @returns which pods tell what they receive */
async function telling(agents: Readonly<Record<string, Error | boolean>>, there: readonly string[]): Promise<readonly string[]> {
  const of = async (asked: Pod): Promise<object> => {
    const agent = agents[asked.name]
    if (agent instanceof Error) throw agent
    return { pod: asked, isControlled: async () => agent, sequence: async () => 0 }
  }
  const items = there.map((name) => ({
    metadata: { name: name.replace('-', ''), namespace: 'a', ...(name.startsWith('-') && { deletionTimestamp: 'now' }) },
    spec: { containers: [] },
  }))
  const run = { agents: { of }, isDenied: () => false, objects: { list: async () => items } } as unknown as ClusterRun
  const pods = Object.keys(agents).map((name) => pod(name, name === 'egress' ? 'istio-proxy' : 'app'))
  return [...(await new TellingPods(run).sequences(pods)).keys()]
}

test('pods of others tell nothing, nor do those without Node, and gateways are not asked', async () => {
  expect(await telling({ shop: true, other: false, bare: new NotSupported('in-mesh-calls', 'no Node'), egress: failed }, ['shop', 'egress'])).toEqual(
    ['a/shop'],
  )
})

test('a pod that is about to end tells nothing more; one that stays and cannot be asked is not passed over', async () => {
  expect(await telling({ client: true, shop: failed }, ['client'])).toEqual(['a/client'])
  expect(await telling({ client: true, shop: failed }, ['client', '-shop'])).toEqual(['a/client'])
  await expect(telling({ client: true, shop: failed }, ['client', 'shop'])).rejects.toBe(failed)
})
