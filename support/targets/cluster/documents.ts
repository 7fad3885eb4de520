import type { KubeObject, Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import { splitDocuments } from '../../../mesh-core/config/yaml/documents.ts'

/** The resource as the user wrote it; as JSON where its document says less than the resource: no namespace, or a List around it. */
export function documentOf(resource: Resource): string {
  const { object, namespace, origin, source } = resource
  const isWhole = origin.path.length === 0
  const isInPlace = namespace === '' || namespace === (object.metadata.namespace ?? 'default')
  const written = isWhole && isInPlace ? splitDocuments(source.text).find(({ index }) => index === origin.document)?.text : undefined
  return written ?? JSON.stringify({ ...object, metadata: { ...object.metadata, namespace } })
}

/** As much of an object as names it, for a command that deletes or reads it. */
export function nameOnly({ kind, name, namespace, group }: ResourceRef): string {
  const apiVersion = group === '' ? 'v1' : `${group}/v1`
  return JSON.stringify({ apiVersion, kind, metadata: { name, ...(namespace === '' ? {} : { namespace }) } })
}

/** An object that was read from a cluster, without what the cluster adds by itself. */
export function withoutServerFields(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object
  const { resourceVersion, uid, creationTimestamp, generation, managedFields, selfLink, ...metadata } = object.metadata as Record<string, unknown>
  const annotations = Object.entries((metadata['annotations'] ?? {}) as Record<string, string>).filter(([name]) => name !== lastApplied)
  return { ...rest, metadata: { ...metadata, annotations: Object.fromEntries(annotations) } } as unknown as KubeObject
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

export function join(documents: readonly string[]): string {
  return documents.join('\n---\n')
}
