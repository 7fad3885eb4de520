import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { NoVectors } from './family.ts'

/** The vectors of one file. */
export interface VectorFile<V> {
  /** `virtualservice` of `vectors/virtualservice.json` */
  readonly name: string
  readonly vectors: readonly V[]
}

/**
 * Reads a family folder (`vectors/*.json`), or a folder or file of vectors in the same form: arrays of vectors, or one alone.
 * Other JSON files (`index.json`) lie beside them.
 * @throws NoVectors
 */
export function readVectors<V>(path: string, isVector: (item: unknown) => item is V, form: string): VectorFile<V>[] {
  const files = jsonFilesOf(path).flatMap((file) => readFile(file, isVector))
  if (files.length === 0) throw new NoVectors(`${path} holds no vectors: JSON files in the folder itself or in vectors/, each ${form}`)
  return files
}

/** The JSON files of a folder or of its `vectors/`; a file stands for itself. @throws NoVectors */
function jsonFilesOf(path: string): string[] {
  if (!existsSync(path)) throw new NoVectors(`there is no ${path}`)
  if (!statSync(path).isDirectory()) return [path]
  const inner = join(path, 'vectors')
  const folder = existsSync(inner) ? inner : path
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => join(folder, file))
}

/** A file that lies in the family's folder, also when `path` is one file of its vectors. @returns its path, or `null` */
export function besideVectors(path: string, name: string): string | null {
  const folder = statSync(path).isDirectory() ? path : dirname(path)
  return [join(folder, name), join(folder, '..', name)].find((file) => existsSync(file)) ?? null
}

/** @throws NoVectors */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new NoVectors(`${file} is no JSON: ${(error as Error).message}`, { cause: error })
  }
}

function readFile<V>(file: string, isVector: (item: unknown) => item is V): VectorFile<V>[] {
  const data = readJson(file)
  const items = Array.isArray(data) ? data : [data]
  if (items.length === 0 || !items.every(isVector)) return []
  return [{ name: basename(file, '.json'), vectors: items }]
}
