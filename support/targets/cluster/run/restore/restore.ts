import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { groupOf } from '../../../../../mesh-core/config/resource.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import type { Touched } from './ledger.ts'

/** By which objects of a run are known; its value is the run. */
export const runLabel = 'meshspec.dev/run'

/** By which objects are known that stood before, and are not as they were: the run that has changed them. */
export const changedBy = 'meshspec.dev/changed-by'

/** Puts an object back as it was before the run: what the run made is deleted, what stood before is what it was. */
export async function restore(objects: KubeObjects, { ref, before }: Touched, run: string): Promise<void> {
  if (before === null) return deleteOwn(objects, ref, run)
  const restored = withoutServerFields(before)
  const now = await objects.read(ref)
  if (now !== null && isSame(now, before)) return
  const whole = now === null ? withoutOwners(restored) : restored
  await (now === null ? objects.create(whole) : objects.replace(whole))
  // Who had set which field is restored by a second replacement, which changes no field: else the run would stay on as an owner of some.
  const managers = (before.metadata as { readonly managedFields?: unknown }).managedFields
  if (managers) await objects.replace({ ...whole, metadata: { ...whole.metadata, managedFields: managers } } as unknown as KubeObject)
}

/** What somebody else has put in its place since is not the run's to delete. */
async function deleteOwn(objects: KubeObjects, ref: Touched['ref'], run: string): Promise<void> {
  const now = await objects.read(ref)
  if (now !== null && now.metadata.labels?.[runLabel] === run) await objects.delete(ref)
}

/** Labels, annotations and everything outside of `metadata` and `status` are the same. */
export function isSame(a: KubeObject, b: KubeObject): boolean {
  return canonical(comparable(a)) === canonical(comparable(b))
}

function comparable({ status: _status, metadata, ...rest }: KubeObject): unknown {
  const { labels = {}, annotations = {} } = metadata
  return { ...rest, labels, annotations }
}

/** JSON with sorted keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}

/** Without what the API server writes itself. */
function withoutServerFields(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object
  const { resourceVersion, uid, creationTimestamp, generation, managedFields, selfLink, ...metadata } = object.metadata as Record<string, unknown>
  return { ...rest, metadata } as unknown as KubeObject
}

/** An object that has to be made again: its owner may be another one by now. */
function withoutOwners(object: KubeObject): KubeObject {
  const { ownerReferences: _owners, deletionTimestamp: _deleted, ...metadata } = object.metadata as Record<string, unknown>
  return { ...object, metadata } as unknown as KubeObject
}

export function refOfObject({ apiVersion, kind, metadata }: KubeObject): Touched['ref'] {
  return { group: groupOf(apiVersion), kind, namespace: metadata.namespace ?? '', name: metadata.name }
}
