import { parseAllDocuments } from 'yaml'
import type { ObservedCall, ObservedCase } from '../../vectors/mesh-observed/case.ts'
import type { Document } from './document.ts'

/** A recorded mesh, read. */
export interface Recorded {
  readonly vector: ObservedCase
  readonly config: readonly Document[]
  readonly calls: readonly ObservedCall[]
}

/** Requests of a call whose answers are counted: as many are to be sent again, and no more. */
const mostTimes = 60

/** Those that have config and calls, and are about what the differential knows. */
export function readRecorded(vectors: readonly ObservedCase[]): readonly Recorded[] {
  return vectors.flatMap((vector) => {
    const config = documentsOf(vector.config)
    return config && vector.calls && vector.calls.length > 0 ? [{ vector, config, calls: vector.calls }] : []
  })
}

/** `null` for what is no list of objects, or is about what the differential knows nothing of. */
function documentsOf(text = ''): readonly Document[] | null {
  const documents = parseAllDocuments(text, { logLevel: 'silent' })
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return null
  const values = documents.map((document) => document.toJS() as Partial<Document> | null).filter((value) => value !== null)
  return values.length > 0 && values.every(isObject) ? values : null
}

/** The tests of `EnvoyFilter` have vectors of their own. */
const leftOut: ReadonlySet<string> = new Set(['EnvoyFilter'])

function isObject(value: Partial<Document>): value is Document {
  return typeof value === 'object' && typeof value.kind === 'string' && typeof value.metadata?.name === 'string' && !leftOut.has(value.kind)
}

/** Each by a connection of its own: what no HTTP filter looks at goes where the first went, and is written of once. */
export function quickened({ pause: _, ...call }: ObservedCall): ObservedCall {
  return call.times === undefined ? call : { ...call, times: Math.min(call.times, mostTimes), newConnections: true }
}

/** Kubernetes has one object of a name, and one port of a name in a Service; the stand-in for it does not say so. */
export function isTaken(config: readonly Document[]): boolean {
  return areDistinct(config.map(nameOf)) && config.every(({ kind, spec }) => kind !== 'Service' || areDistinct(portNames(spec)))
}

export function nameOf({ kind, metadata }: Document): string {
  return `${kind}/${metadata.namespace ?? 'default'}/${metadata.name}`
}

function portNames(spec: Document['spec'] | undefined): readonly unknown[] {
  const ports: unknown = spec?.['ports']
  return Array.isArray(ports) ? ports.map((port: { readonly name?: unknown } | null) => port?.name) : []
}

function areDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length
}
