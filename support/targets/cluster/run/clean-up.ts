import { rmSync } from 'node:fs'
import { KubeApi } from '../kube/kube-api.ts'
import { loadKubeConfig } from '../kube/kube-config.ts'
import { KubeObjects, named } from '../kube/objects.ts'
import { leaseNamespace } from './cluster-access.ts'
import { waitUntilGone } from './cluster-run.ts'
import { isRunning } from './is-running.ts'
import { findLedgers } from './ledger.ts'
import type { FoundLedger, Touched } from './ledger.ts'
import { isHeldBy, releaseLeaseOf } from './lease.ts'
import { restore, runLabel } from './restore.ts'

export interface CleanUpOptions {
  /** Of clusters that no ledger on this disk speaks of; `null`: only what ledgers speak of is cleaned. */
  readonly kubeconfig: string | null
  readonly context: string | null
  readonly dryRun: boolean
  readonly say: (line: string) => void
  /** Where ledgers are. Default: `$XDG_STATE_HOME/meshspec/runs`. */
  readonly folder?: string
  /** Of which runs. Default: of all. */
  readonly of?: (run: string) => boolean
}

interface Cleaned {
  /** How many objects were put back, or would be. */
  readonly cleaned: number
  readonly failed: number
}

/** Finishes the work of every run that has left a ledger and no process, and deletes what runs have made in the cluster that is named. */
export async function cleanUp(options: CleanUpOptions): Promise<Cleaned> {
  const results = [...(await eachLedger(options)), ...(await orphans(options))]
  return { cleaned: results.filter(Boolean).length, failed: results.filter((done) => !done).length }
}

async function eachLedger(options: CleanUpOptions): Promise<readonly boolean[]> {
  const results: boolean[] = []
  for (const ledger of findLedgers(options.folder).filter(({ head }) => options.of?.(head.run) ?? true)) {
    if (isRunning(ledger.head.pid)) {
      options.say(`run ${ledger.head.run} (pid ${ledger.head.pid}) goes on: left alone`)
      continue
    }
    results.push(...(await finish(ledger, options)))
  }
  return results
}

async function finish({ file, head, open }: FoundLedger, { dryRun, say }: CleanUpOptions): Promise<readonly boolean[]> {
  say(`run ${head.run} of ${head.startedAt} in ${head.context} (${head.server})`)
  // What was agreed to for the run is agreed to for its end.
  const objects = new KubeObjects(new KubeApi(await loadKubeConfig({ kubeconfig: head.kubeconfig, context: head.context, allowProduction: true })))
  const made = new Set(open.filter(({ ref, before }) => ref.kind === 'Namespace' && before === null).map(({ ref }) => ref.name))
  const results: boolean[] = []
  for (const touched of open.toSorted((a, b) => rank(a) - rank(b)))
    if (!made.has(touched.ref.namespace)) results.push(await putBack(objects, touched, head.run, dryRun, say))
  if (!dryRun && !results.includes(false)) {
    await waitUntilGone(objects, [...made])
    await releaseLeaseOf(objects.api, leaseNamespace, head.run)
    rmSync(file, { force: true })
  }
  objects.api.close()
  return results
}

/** Namespaces last: what is in them is put back before. */
function rank({ ref }: Touched): number {
  return ref.kind === 'Namespace' ? 1 : 0
}

async function putBack(objects: KubeObjects, touched: Touched, run: string, dryRun: boolean, say: (line: string) => void): Promise<boolean> {
  const what = `${touched.before === null ? 'delete' : 'restore'} ${named(touched.ref)}`
  try {
    if (!dryRun) await restore(objects, touched, run)
    say(`  ${dryRun ? 'would ' : ''}${what}`)
    return true
  } catch (error) {
    say(`  could not ${what}: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}

/** Namespaces with a run's label of which this disk knows nothing: the run was on another machine. */
async function orphans({ kubeconfig, context, dryRun, say, folder }: CleanUpOptions): Promise<readonly boolean[]> {
  if (kubeconfig === null && context === null) return []
  const objects = new KubeObjects(new KubeApi(await loadKubeConfig({ kubeconfig, context, allowProduction: true })))
  const known = new Set(findLedgers(folder).map(({ head }) => head.run))
  const labelled = await objects.list('v1', 'Namespace', '', `labelSelector=${encodeURIComponent(runLabel)}`)
  const results: boolean[] = []
  for (const { metadata } of labelled) {
    const run = metadata.labels![runLabel]!
    const ref = { group: '', kind: 'Namespace', namespace: '', name: metadata.name }
    if (known.has(run)) continue
    if (await isHeldBy(objects.api, leaseNamespace, run)) say(`run ${run} goes on, on another machine: ${metadata.name} is left alone`)
    else results.push(await putBack(objects, { ref, before: null }, run, dryRun, say))
  }
  objects.api.close()
  return results
}
