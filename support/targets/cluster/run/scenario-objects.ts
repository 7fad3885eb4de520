import type { KubeObject, ResourceRef } from '../../../../mesh-core/config/resource.ts'
import { resourceKey } from '../../../../mesh-core/config/resource.ts'
import { type MeshSpecError } from '../../../../mesh-core/config/errors.ts'
import { clusterError } from '../kube/cluster-error.ts'
import type { KubeObjects } from '../kube/objects.ts'
import { named } from '../kube/objects.ts'
import { labelled } from '../pods/deployments.ts'
import type { Ledger } from './restore/ledger.ts'
import { changedBy, isSame, refOfObject, restore, runLabel } from './restore/restore.ts'

interface Changed {
  readonly ref: ResourceRef
  readonly before: KubeObject | null
  /** As the API server has it after the run's last change; `null`: deleted. */
  now: KubeObject | null
}

interface Done {
  readonly key: string
  /** `undefined`: the scenario had not touched it yet. */
  readonly former: KubeObject | null | undefined
}

/** What one scenario changes in the cluster's config, so that it can be undone, and so that a change by somebody else does not go unseen. */
export class ScenarioObjects {
  readonly #objects: KubeObjects
  readonly #ledger: Ledger
  readonly #isOwn: (namespace: string) => boolean
  readonly #changed = new Map<string, Changed>()

  /** @param isOwn whether a namespace is of the run's making */
  constructor(objects: KubeObjects, ledger: Ledger, isOwn: (namespace: string) => boolean) {
    this.#objects = objects
    this.#ledger = ledger
    this.#isOwn = isOwn
  }

  /** As they are in the cluster now. */
  get applied(): readonly KubeObject[] {
    return [...this.#changed.values()].flatMap(({ now }) => now ?? [])
  }

  /** What was changed, also where it is gone by now. */
  get touched(): readonly ResourceRef[] {
    return [...this.#changed.values()].map(({ ref }) => ref)
  }

  /**
   * All or nothing.
   * @returns whether anything had to be changed
   * @throws ConfigRejected, MeshSpecError, NotSupported
   */
  async apply(objects: readonly KubeObject[]): Promise<boolean> {
    // The API server takes them in any order; one that is there twice is changed twice.
    const results = await Promise.allSettled(grouped(objects).map((group) => this.#applyEach(group)))
    const failed = results.find((result) => result.status === 'rejected')
    const done = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    if (!failed) return done.length > 0
    for (const { key, former } of done.toReversed()) await this.#back(key, former)
    throw failed.reason
  }

  /** Of one object, one after another. @returns what it was before each change; nothing where there was none to make */
  async #applyEach(objects: readonly KubeObject[]): Promise<readonly Done[]> {
    const done: Done[] = []
    try {
      for (const object of objects) {
        const key = resourceKey(refOfObject(object))
        const former = this.#changed.get(key)?.now
        if (await this.#applyOne(object)) done.push({ key, former })
      }
      return done
    } catch (error) {
      for (const { key, former } of done.toReversed()) await this.#back(key, former)
      throw error
    }
  }

  async remove(refs: readonly ResourceRef[]): Promise<void> {
    for (const ref of refs) {
      const known = this.#changed.get(resourceKey(ref)) ?? (await this.#remember(ref))
      const { before } = known
      // With a namespace of the run what it keeps there for other scenarios would go.
      if (this.#isOfRun(before)) await restore(this.#objects, { ref, before }, this.#ledger.head.run)
      else await this.#objects.delete(ref)
      known.now = this.#isOfRun(before) ? before : null
    }
  }

  /** Everything as it was before the scenario. @throws MeshSpecError */
  async undo(): Promise<void> {
    const touched = [...this.#changed.values()].toReversed()
    this.#changed.clear()
    // One that cannot be put back does not keep the others from it; the ledger knows it still.
    const results = await Promise.allSettled(
      touched.map(async ({ ref, before }) => {
        // What is in a namespace of the run's making is the run's, whoever has changed it since.
        if (before === null && this.#isOwn(ref.namespace)) await this.#objects.delete(ref)
        else await restore(this.#objects, { ref, before }, this.#ledger.head.run)
        if (!this.#isOfRun(before)) this.#ledger.done(ref)
      }),
    )
    // Should the Lease be gone, somebody else has put back what it told.
    await this.#ledger.kept().catch(() => {})
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  /**
   * Nobody else has changed what this scenario's statements rest on.
   * @throws MeshSpecError CONFIG_CHANGED
   */
  async assertUntouched(): Promise<void> {
    const changed = [...this.#changed.values()]
    // In the version in which they were written: in another one the API server tells them otherwise.
    const written = changed.map(({ ref, now }) => (now === null ? ref : { ...ref, apiVersion: now.apiVersion }))
    const found = await this.#objects.readAll(written, this.#isOwn)
    for (const { ref, now } of changed) {
      const seen = found.get(resourceKey(ref)) ?? null
      if (seen === null && now === null) continue
      if (seen === null || now === null || !isSame(seen, now)) throw changedBehind(ref, now, seen)
    }
  }

  async #applyOne(object: KubeObject): Promise<boolean> {
    const run = this.#ledger.head.run
    const ref = refOfObject(object)
    const known = this.#changed.get(resourceKey(ref)) ?? (await this.#remember(ref))
    // What is there is replaced as a whole: a merge would leave fields in place that the scenario does not say.
    const isOwn = known.before === null
    const applied = isOwn ? await this.#objects.apply(labelled(object, run)) : await this.#putInPlace(known, keeping(object, known.before, run))
    const isChange = known.now === null || !isSame(known.now, applied)
    known.now = applied
    return isChange
  }

  /** Unless the scenario has deleted it before. */
  #putInPlace({ now }: Changed, object: KubeObject): Promise<KubeObject> {
    return now === null ? this.#objects.create(object) : this.#objects.replace(object)
  }

  async #remember(ref: ResourceRef): Promise<Changed> {
    // Nothing stands in a namespace of the run's making before a scenario puts it there.
    const found = this.#isOwn(ref.namespace) ? null : await this.#objects.read(ref)
    // Left by a run that was killed: it is nobody's.
    const before = found?.metadata.labels?.[runLabel] === undefined || this.#isOfRun(found) ? found : null
    this.#ledger.touch({ ref, before })
    if (!this.#isOwn(ref.namespace)) await this.#ledger.kept()
    const changed: Changed = { ref, before, now: found }
    this.#changed.set(resourceKey(ref), changed)
    return changed
  }

  /** Is it a namespace that the run has made, and takes away itself? Scenarios label it. */
  #isOfRun(object: KubeObject | null): boolean {
    return object?.kind === 'Namespace' && object.metadata.labels?.[runLabel] === this.#ledger.head.run
  }

  async #back(key: string, former: KubeObject | null | undefined): Promise<void> {
    const changed = this.#changed.get(key)
    if (!changed) return
    if (former === undefined || former === null)
      await restore(this.#objects, { ref: changed.ref, before: former === null ? null : changed.before }, this.#ledger.head.run)
    else await restore(this.#objects, { ref: changed.ref, before: former }, this.#ledger.head.run)
    changed.now = former ?? changed.before
  }
}

/** By object, in the order in which each first comes. */
function grouped(objects: readonly KubeObject[]): readonly (readonly KubeObject[])[] {
  const groups = new Map<string, KubeObject[]>()
  for (const object of objects) {
    const key = resourceKey(refOfObject(object))
    const group = groups.get(key) ?? []
    group.push(object)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** What the user's own object says besides its config is left to it; and it says who has changed it. */
function keeping(object: KubeObject, before: KubeObject, run: string): KubeObject {
  const { labels, annotations } = before.metadata
  const metadata = {
    ...object.metadata,
    labels: { ...labels, ...object.metadata.labels },
    annotations: { ...annotations, ...object.metadata.annotations, [changedBy]: run },
  }
  return { ...object, metadata }
}

function changedBehind(ref: ResourceRef, wanted: KubeObject | null, seen: KubeObject | null): MeshSpecError {
  const who = lastManager(seen)
  const what = seen === null ? 'was deleted' : wanted === null ? 'was made again' : `was changed${firstDifference(wanted, seen)}`
  const problem = `${named(ref)} ${what} by somebody else${who ? ` (${who})` : ''} while the scenario ran`
  return clusterError(
    'CONFIG_CHANGED',
    problem,
    'what the mesh answered since says nothing about the scenario: keep controllers and colleagues off the namespace',
  )
}

function lastManager(object: KubeObject | null): string | null {
  const { managedFields = [] } = (object?.metadata ?? {}) as {
    readonly managedFields?: readonly { readonly manager?: string; readonly time?: string }[]
  }
  return (
    managedFields.filter(({ manager }) => manager !== 'meshspec').toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1))[0]?.manager ?? null
  )
}

/** ` (spec.http[0].route[0].weight is 60, applied was 50)` */
function firstDifference(wanted: unknown, seen: unknown): string {
  const found = differenceAt('', (wanted as KubeObject)['spec'], (seen as KubeObject)['spec'])
  return found === null ? '' : `: spec${found}`
}

function differenceAt(path: string, wanted: unknown, seen: unknown): string | null {
  if (typeof wanted !== 'object' || typeof seen !== 'object' || wanted === null || seen === null)
    return wanted === seen ? null : `${path} is ${JSON.stringify(seen)}, applied was ${JSON.stringify(wanted)}`
  const keys = new Set([...Object.keys(wanted), ...Object.keys(seen)])
  for (const key of keys) {
    const step = Array.isArray(wanted) ? `[${key}]` : `.${key}`
    const found = differenceAt(path + step, (wanted as Record<string, unknown>)[key], (seen as Record<string, unknown>)[key])
    if (found !== null) return found
  }
  return null
}
