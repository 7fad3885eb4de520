import type { KubeObjects } from '../../kube/objects.ts'
import { named } from '../../kube/objects.ts'
import type { Withheld } from './kept.ts'
import type { Touched } from './ledger.ts'
import { changedBy, isSame, restore } from './restore.ts'

export interface PuttingBack {
  readonly objects: KubeObjects
  /** Of which run; a part of one has its own name. */
  readonly run: string
  readonly dryRun: boolean
  readonly say: (line: string) => void
}

/** Undoes what a run has done that is gone. @returns whether it could */
export async function putBack(touched: Touched | Withheld, { objects, run, dryRun, say }: PuttingBack): Promise<boolean> {
  const isMade = 'before' in touched && touched.before === null
  const what = `${isMade ? 'delete' : 'restore'} ${named(touched.ref)}`
  try {
    if ('on' in touched) throw new Error(`what was in it is known on ${touched.on} alone: npx meshspec clean there`)
    const reason = isMade ? null : await whyNot(objects, touched, run)
    if (reason !== null) {
      say(`  ${named(touched.ref)} ${reason}: left alone`)
      return true
    }
    if (!dryRun) await restore(objects, touched, run)
    say(`  ${dryRun ? 'would ' : ''}${what}`)
    return true
  } catch (error) {
    say(`  could not ${what}: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}

/** Somebody may have put it back before, and changed it since. @returns why there is nothing to restore */
async function whyNot(objects: KubeObjects, { ref, before }: Touched, run: string): Promise<string | null> {
  const now = await objects.read(ref)
  if (now === null) return (await isGone(objects, ref.namespace)) ? 'was in a namespace that is gone' : null
  if (isSame(now, before!)) return 'is as it was'
  return now.metadata.annotations?.[changedBy] === run ? null : 'is not what the run has put there'
}

/** Where nobody may ask for it, it is there. */
async function isGone(objects: KubeObjects, name: string): Promise<boolean> {
  const found = await objects.read({ group: '', kind: 'Namespace', namespace: '', name }).catch(() => undefined)
  return name !== '' && found === null
}
