import type { Origin, Position } from '../ir/origin.ts'
import { ConfigRejected } from './errors.ts'
import { locate } from './locate.ts'
import type { Resource, ResourceRef, SourceText } from './resource.ts'
import { keyOf, resourceKey } from './resource.ts'
import { validateResource } from './validate.ts'

/** The config of a mesh at one moment. Immutable: a change makes a new one. Source of the idea: Istio's ConfigStore. */
export interface Snapshot {
  /** Counts the changes; 0 for the empty one. */
  readonly version: number
  /** By `resourceKey`, in the order in which istiod looks at them: the oldest first, then by their names. */
  readonly resources: ReadonlyMap<string, Resource>
  /**
   * Age of each resource, comparable: `creationTimestamp` in ms since the epoch, or else that of something new: what carries no timestamp is younger than
   * all that does. Of it what was applied together is of one age.
   */
  readonly ages: ReadonlyMap<string, number>
  /** Texts that the resources came from, by `SourceText.key`. */
  readonly sources: ReadonlyMap<string, SourceText>
}

export const emptySnapshot: Snapshot = { version: 0, resources: new Map(), ages: new Map(), sources: new Map() }

/**
 * The snapshot with `resources` applied as one change. One that is there already is replaced and keeps its age; of two of the
 * same key in one change the later stands.
 * @throws {ConfigRejected} with everything that is wrong; the snapshot given is not touched
 */
export function applyTo(snapshot: Snapshot, resources: readonly Resource[]): Snapshot {
  const errors = resources.flatMap((resource) => validateResource(resource).errors)
  if (errors.length > 0) throw new ConfigRejected(errors)
  const version = snapshot.version + 1
  const all = new Map(snapshot.resources)
  if (resources.every((resource) => all.has(keyOf(resource)))) return replacedIn(snapshot, version, all, resources)
  const ages = new Map(snapshot.ages)
  for (const resource of resources) {
    const key = keyOf(resource)
    all.set(key, resource)
    if (!ages.has(key)) ages.set(key, createdMs(resource) ?? undatedMs + version)
  }
  return snapshotOf(version, all, ages)
}

/** What is replaced stays in its place: nothing has to be sorted. */
function replacedIn(snapshot: Snapshot, version: number, all: Map<string, Resource>, resources: readonly Resource[]): Snapshot {
  const sources = new Map(snapshot.sources)
  for (const resource of resources) {
    all.set(keyOf(resource), resource)
    sources.set(resource.source.key, resource.source)
  }
  return { version, resources: all, ages: snapshot.ages, sources }
}

/** The snapshot without `refs`; one that is not there is passed over. */
export function removeFrom(snapshot: Snapshot, refs: readonly ResourceRef[]): Snapshot {
  const all = new Map(snapshot.resources)
  const ages = new Map(snapshot.ages)
  for (const key of refs.map(resourceKey)) {
    all.delete(key)
    ages.delete(key)
  }
  return snapshotOf(snapshot.version + 1, all, ages)
}

/** Where an origin is in its text; the position is null when its text is not in the snapshot. */
export function locateIn(snapshot: Snapshot, origin: Origin): { readonly file: string; readonly position: Position | null } {
  const source = snapshot.sources.get(origin.file)
  return source ? { file: source.file, position: locate(source, origin.document, origin.path) } : { file: origin.file, position: null }
}

function snapshotOf(version: number, all: ReadonlyMap<string, Resource>, ages: ReadonlyMap<string, number>): Snapshot {
  const entries = [...all].toSorted(([a, left], [b, right]) => (ages.get(a) ?? 0) - (ages.get(b) ?? 0) || ofOneAge(left, right))
  const sources = new Map(entries.map(([, { source }]) => [source.key, source]))
  return { version, resources: new Map(entries), ages, sources }
}

/**
 * Names go before namespaces, but for routes whose rules are joined. Source: Istio `pilot/pkg/model/config.go` configCompareByCreationTime, and
 * `pilot/pkg/config/kube/gateway/conversion.go` sortRoutesByCreationTime; `route_collections.go` names what it makes of
 * routes `name~0~…` and `name~tls~…`: `ra` goes before `r`.
 */
function ofOneAge(a: Resource, b: Resource): number {
  const isRoute = isJoined(a)
  if (isRoute !== isJoined(b)) return isRoute ? 1 : -1
  if (isRoute) return order(a.namespace, b.namespace) || order(`${a.name}~`, `${b.name}~`)
  return order(madeOf(a), madeOf(b)) || order(a.namespace, b.namespace)
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function isJoined({ kind }: Resource): boolean {
  return kind === 'HTTPRoute' || kind === 'GRPCRoute'
}

function madeOf({ kind, name }: Resource): string {
  return kind === 'TCPRoute' || kind === 'TLSRoute' ? `${name}~${kind === 'TLSRoute' ? 'tls' : 'tcp'}` : name
}

/** After every date. */
export const undatedMs = 8.64e15

function createdMs(resource: Resource): number | null {
  const text: unknown = resource.object.metadata?.creationTimestamp
  const ms = typeof text === 'string' ? Date.parse(text) : NaN
  return Number.isNaN(ms) ? null : ms
}
