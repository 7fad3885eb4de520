import { rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { KubeApi } from '../../kube/kube-api.ts'
import { loadKubeConfig } from '../../kube/kube-config.ts'
import { KubeObjects } from '../../kube/objects.ts'
import { leaseNamespace } from '../access/cluster-access.ts'
import { isRunning } from '../lease/is-running.ts'
import { forgetKept, keptIn } from './kept.ts'
import type { Kept } from './kept.ts'
import { LeaseObject } from '../lease/lease-object.ts'
import { findLedgers } from './ledger.ts'
import type { FoundLedger, LedgerHead, Touched } from './ledger.ts'
import { dropEndedLease, isHeldBy, releaseLeaseOf } from '../lease/lease.ts'
import { putBack } from './put-back.ts'
import { runLabel } from './restore.ts'
import { waitUntilGone } from './undo.ts'

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
  /** Of runs that go on. */
  readonly alone: number
}

/** Finishes the work of every run that has left a ledger and no process, and that of runs of other machines in the cluster that is named. */
export async function cleanUp(options: CleanUpOptions): Promise<Cleaned> {
  let alone = 0
  const leave = (line: string): void => {
    alone++
    options.say(line)
  }
  const results = [...(await eachLedger(options, leave)), ...(await orphans(options, leave))]
  return { cleaned: results.filter(Boolean).length, failed: results.filter((done) => !done).length, alone }
}

async function eachLedger(options: CleanUpOptions, leave: CleanUpOptions['say']): Promise<readonly boolean[]> {
  const results: boolean[] = []
  for (const ledger of findLedgers(options.folder).filter(({ head }) => options.of?.(head.run) ?? true)) {
    if (await goesOn(ledger.head)) {
      leave(`run ${ledger.head.run} (pid ${ledger.head.pid} on ${ledger.head.host}) goes on: left alone`)
      continue
    }
    results.push(...(await finish(ledger, options)))
  }
  return results
}

/** On this machine its process tells; on another one, which shares this disk, the Lease. */
async function goesOn({ pid, host, run, kubeconfig, context }: LedgerHead): Promise<boolean> {
  if (host === hostname()) return isRunning(pid)
  const api = new KubeApi(await loadKubeConfig({ kubeconfig, context, allowProduction: true }))
  try {
    return await isHeldBy(api, leaseNamespace, run)
  } finally {
    api.close()
  }
}

async function finish({ file, head, open }: FoundLedger, { dryRun, say }: CleanUpOptions): Promise<readonly boolean[]> {
  say(`run ${head.run} of ${head.startedAt} in ${head.context} (${head.server})`)
  // What was agreed to for the run is agreed to for its end.
  const objects = new KubeObjects(new KubeApi(await loadKubeConfig({ kubeconfig: head.kubeconfig, context: head.context, allowProduction: true })))
  const made = new Set(open.filter(({ ref, before }) => ref.kind === 'Namespace' && before === null).map(({ ref }) => ref.name))
  const results: boolean[] = []
  for (const touched of open.toSorted((a, b) => rank(a) - rank(b)))
    if (!made.has(touched.ref.namespace)) results.push(await putBack(touched, { objects, run: head.run, dryRun, say }))
  if (!dryRun && !results.includes(false)) {
    await waitUntilGone(objects, [...made])
    await forget(objects, head.run)
    rmSync(file, { force: true })
  }
  objects.api.close()
  return results
}

/** Of a run all of whose work is finished. */
async function forget({ api }: KubeObjects, run: string): Promise<void> {
  await forgetKept(new LeaseObject(api, leaseNamespace), run)
  await releaseLeaseOf(api, leaseNamespace, run)
}

/** Namespaces last: what is in them is put back before. */
function rank({ ref }: Touched): number {
  return ref.kind === 'Namespace' ? 1 : 0
}

/** What runs have left in a cluster of which this disk knows nothing: they were on another machine. */
async function orphans({ kubeconfig, context, folder, ...how }: CleanUpOptions, leave: CleanUpOptions['say']): Promise<readonly boolean[]> {
  if (kubeconfig === null && context === null) return []
  const objects = new KubeObjects(new KubeApi(await loadKubeConfig({ kubeconfig, context, allowProduction: true })))
  const known = new Set(findLedgers(folder).map(({ head }) => head.run))
  const found = await leftIn(objects, (run) => !known.has(run))
  const results: boolean[] = []
  for (const { run, touched } of found) {
    if (await isHeldBy(objects.api, leaseNamespace, run)) {
      leave(`run ${run} goes on, or ended less than half a minute ago, on another machine: left alone`)
      continue
    }
    how.say(`run ${run}, of another machine`)
    const done: boolean[] = []
    for (const one of touched) done.push(await putBack(one, { objects, run, ...how }))
    if (!how.dryRun && !done.includes(false)) await forget(objects, run)
    results.push(...done)
  }
  const ended = await dropEndedLease(objects.api, leaseNamespace, how.dryRun)
  if (ended !== null) {
    how.say(`  ${how.dryRun ? 'would ' : ''}delete Lease ${leaseNamespace}/meshspec of run ${ended}`)
    results.push(true)
  }
  objects.api.close()
  return results
}

/** By the Lease what was changed that others had made, by their label namespaces. Those come last. */
async function leftIn(objects: KubeObjects, isWanted: (run: string) => boolean): Promise<readonly Kept[]> {
  const kept = keptIn(await new LeaseObject(objects.api, leaseNamespace).read())
  const labelled = await objects.list('v1', 'Namespace', '', `labelSelector=${encodeURIComponent(runLabel)}`)
  const made = labelled.map(({ metadata: { name, labels } }): Kept => {
    const ref = { group: '', kind: 'Namespace', namespace: '', name }
    return { run: labels![runLabel]!, touched: [{ ref, before: null }] }
  })
  const runs = new Set([...kept, ...made].map(({ run }) => run).filter(isWanted))
  return [...runs].map((run) => ({ run, touched: [...kept, ...made].filter((one) => one.run === run).flatMap(({ touched }) => touched) }))
}
