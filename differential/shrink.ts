import type { GeneratedMesh } from './generate/mesh.ts'

/** Where something stands in a mesh: `['config', 0, 'spec', 'http', 1]`. */
export type Path = readonly (string | number)[]

/** Does the difference that is looked for still occur? One answer for each candidate. */
export type Persists = (candidates: readonly GeneratedMesh[]) => Promise<readonly boolean[]>

export interface ShrinkLimits {
  /** Candidates that are asked about at once. */
  readonly batch: number
  /** Batches in all. */
  readonly batches: number
  /** After so long none begins: some candidates are answered slowly. */
  readonly ms?: number
}

/**
 * Drops parts of a mesh while the difference persists, the largest first. What a batch has found dispensable piece by piece is then dropped together,
 * as much of it as can be.
 */
export async function shrink(mesh: GeneratedMesh, persists: Persists, { batch, batches, ms = Infinity }: ShrinkLimits): Promise<GeneratedMesh> {
  const end = performance.now() + ms
  let left = batches
  let smallest = mesh
  let refused = 0
  while (left > 0 && performance.now() < end) {
    const parts = removable(smallest).slice(refused, refused + batch)
    if (parts.length === 0) return smallest
    left--
    const answers = await persists(parts.map((part) => without(smallest, [part])))
    const dispensable = parts.filter((_, i) => answers[i])
    if (dispensable.length === 0) {
      refused += parts.length
      continue
    }
    if (dispensable.length > 1) left--
    smallest = await withoutMost(smallest, dispensable, persists)
    refused = 0
  }
  return smallest
}

/** All of the parts, else a half of them, a quarter …, else the first, of which is known that it can go. */
async function withoutMost(mesh: GeneratedMesh, parts: readonly Path[], persists: Persists): Promise<GeneratedMesh> {
  const first = without(mesh, [parts[0]!])
  if (parts.length === 1) return first
  const choices: GeneratedMesh[] = []
  for (let size = parts.length; size > 1; size = Math.ceil(size / 2))
    for (let start = 0; start < parts.length; start += size) choices.push(without(mesh, parts.slice(start, start + size)))
  const answers = await persists(choices)
  return choices.find((_, i) => answers[i]) ?? first
}

/** What may be dropped: calls, behaviours, documents, then their rules and fields, the outer ones first. */
export function removable({ config, calls, behaviour, meshConfig = {}, inbound = [] }: GeneratedMesh): Path[] {
  const paths: Path[] = []
  if (calls.length > 1) for (const i of calls.keys()) paths.push(['calls', i])
  for (const workload of Object.keys(behaviour)) paths.push(['behaviour', workload])
  if (config.length > 1) for (const i of config.keys()) paths.push(['config', i])
  for (const field of Object.keys(meshConfig)) paths.push(['meshConfig', field])
  for (const i of inbound.keys()) paths.push(['inbound', i])
  const inner = config.flatMap(({ apiVersion: _, kind: __, metadata, ...fields }, i) => [
    ...Object.entries(fields).flatMap(([field, value]) => within(value, ['config', i, field])),
    ...Object.keys(metadata).flatMap((field) => (field === 'name' || field === 'namespace' ? [] : [['config', i, 'metadata', field]])),
  ])
  const ofCalls = calls.flatMap((call, i) =>
    within(Object.fromEntries(Object.entries(call).filter(([key]) => key !== 'from' && key !== 'request')), ['calls', i]),
  )
  return [...paths, ...[...inner, ...ofCalls].filter((path) => !isOfWorkload(path)).sort((a, b) => a.length - b.length)]
}

/** Without its template a workload is none. */
function isOfWorkload(path: Path): boolean {
  return path.slice(2).join('.') === 'spec.template'
}

function within(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return []
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return entries.flatMap(([key, inner]) => [[...path, key], ...within(inner, [...path, key])])
}

/** @returns a copy without these parts; one within another may be named too */
export function without(mesh: GeneratedMesh, paths: readonly Path[]): GeneratedMesh {
  const gone = new Set(paths.map((path) => JSON.stringify(path)))
  const copy = (value: unknown, path: Path): unknown => {
    const stays = (key: string | number): boolean => !gone.has(JSON.stringify([...path, key]))
    if (Array.isArray(value)) return value.flatMap((item, i) => (stays(i) ? [copy(item, [...path, i])] : []))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (stays(key) ? [[key, copy(item, [...path, key])]] : [])))
  }
  return copy(mesh, []) as GeneratedMesh
}
