import type { Origin } from '../ir/origin.ts'

/** A Kubernetes object as the API server would get it: JSON data. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly creationTimestamp?: string
  }
  /** The shape of the rest is the kind's. */
  readonly [field: string]: any
}

/** Text that config was read from. */
export interface SourceText {
  /** Unique among the sources of a snapshot; `Origin.file` is this key. */
  readonly key: string
  /** As it is shown; the same as `key` save for a doc string inside a feature file. */
  readonly file: string
  readonly text: string
  /** Added to the positions found in `text`: 0 and 0 for a whole file. */
  readonly lineOffset: number
  readonly columnOffset: number
}

/** One document that was read, with the place it came from. Immutable. */
export interface Resource {
  readonly object: KubeObject
  readonly kind: string
  readonly apiVersion: string
  readonly name: string
  /** `''` for kinds without a namespace (Namespace). */
  readonly namespace: string
  /** Of the whole document: its path is empty. */
  readonly origin: Origin
  readonly source: SourceText
}

export interface ResourceRef {
  readonly kind: string
  readonly name: string
  readonly namespace: string
  /** API group without version, e.g. `networking.istio.io`; `''` for core. */
  readonly group: string
}

/** `networking.istio.io/VirtualService/default/reviews`: the identity of an object in the cluster. */
export function resourceKey(ref: ResourceRef): string {
  return `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`
}

export function refOf(resource: Resource): ResourceRef {
  return { kind: resource.kind, name: resource.name, namespace: resource.namespace, group: groupOf(resource.apiVersion) }
}

const keys = new WeakMap<Resource, string>()

/** The key of a resource, put together once: the same resources are applied to mesh after mesh. */
export function keyOf(resource: Resource): string {
  let key = keys.get(resource)
  if (key === undefined) keys.set(resource, (key = resourceKey(refOf(resource))))
  return key
}

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/** Read out of another object (Istio's settings in a ConfigMap, say), which is what a cluster has. */
export function isInner({ kind, origin }: Resource): boolean {
  return !origin.resource.startsWith(`${kind} `)
}

/** Where `path` of the resource's object comes from. Inside a `List` the item's own place goes first. */
export function originAt(resource: Resource, path: readonly (string | number)[]): Origin {
  return path.length === 0 ? resource.origin : { ...resource.origin, path: [...resource.origin.path, ...path] }
}

/** Something that was read and is not acted on: a kind or a field that mesh-core does not model. */
export interface NotModelled {
  readonly resource: string
  readonly origin: Origin
  /** `kind Telemetry is not modelled`, `spec.http[0].corsPolicy is not modelled` */
  readonly message: string
}
