import { setTimeout as sleep } from 'node:timers/promises'
import { clusterError } from '../../kube/cluster-error.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import type { Ledger } from './ledger.ts'
import { restore } from './restore.ts'

/** Puts back all that the run has changed, its namespaces last, and waits until those are gone. */
export async function undo(objects: KubeObjects, ledger: Ledger, run: string): Promise<void> {
  const namespaces = ledger.open.filter(({ ref }) => ref.kind === 'Namespace')
  const gone = new Set(namespaces.filter(({ before }) => before === null).map(({ ref }) => ref.name))
  // What is in a namespace that goes goes with it.
  for (const touched of ledger.open) if (touched.ref.kind !== 'Namespace' && !gone.has(touched.ref.namespace)) await restore(objects, touched, run)
  for (const touched of namespaces) await restore(objects, touched, run)
  await waitUntilGone(objects, [...gone])
}

/** ms. Pods are given their time to end. */
const goneMs = 60_000

export async function waitUntilGone(objects: KubeObjects, namespaces: readonly string[]): Promise<void> {
  const deadline = performance.now() + goneMs
  for (const name of namespaces)
    while ((await objects.read({ group: '', kind: 'Namespace', namespace: '', name })) !== null) {
      if (performance.now() > deadline)
        throw clusterError('CLUSTER_FAILED', `the namespace ${name} is still ending after ${goneMs / 1000} s`, 'npx meshspec clean looks after it')
      await sleep(300)
    }
}
