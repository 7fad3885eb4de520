import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ObservedCase } from './case.ts'

/** The cases of one file: the file's name is their area. */
export interface Area {
  readonly name: string
  readonly cases: readonly ObservedCase[]
}

export interface Collection {
  readonly areas: readonly Area[]
  /** @returns the YAML of a world */
  world(name: string | undefined): string
}

/** A folder or a file that holds no vectors. */
export class NoVectors extends Error {
  override readonly name = 'NoVectors'
}

/**
 * Reads a family folder (`vectors/*.json` and `worlds/`), or a folder or file of vectors in the same form.
 * @param spareWorlds where worlds are looked for that do not lie beside the vectors
 * @throws NoVectors
 */
export function readCollection(path: string, spareWorlds: string): Collection {
  if (!existsSync(path)) throw new NoVectors(`there is no ${path}`)
  const folder = statSync(path).isDirectory() ? path : dirname(path)
  const areas = filesOf(path).flatMap(readArea)
  if (areas.length === 0) throw new NoVectors(`${path} holds no vectors: files with a JSON array of cases, in the folder itself or in vectors/`)
  const worldFolders = [join(folder, 'worlds'), join(folder, '..', 'worlds'), spareWorlds]
  const worlds = new Map<string, string>()
  return {
    areas,
    world: (name) => {
      if (name === undefined) return ''
      if (!worlds.has(name)) worlds.set(name, readWorld(name, worldFolders))
      return worlds.get(name)!
    },
  }
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  const inner = join(path, 'vectors')
  const folder = existsSync(inner) ? inner : path
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => join(folder, file))
}

/** Other JSON files (`index.json`) lie beside vectors: they hold no list of cases. */
function readArea(file: string): Area[] {
  let data: unknown
  try {
    data = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new NoVectors(`${file} is no JSON: ${(error as Error).message}`, { cause: error })
  }
  if (!Array.isArray(data) || !data.every(isCase)) return []
  return [{ name: basename(file, '.json'), cases: data }]
}

function isCase(item: unknown): item is ObservedCase {
  return (
    typeof item === 'object' &&
    item !== null &&
    typeof (item as ObservedCase).name === 'string' &&
    ('observed' in item || 'rejected' in item || 'skipped' in item)
  )
}

function readWorld(name: string, folders: readonly string[]): string {
  const file = folders.map((folder) => join(folder, `${name}.yaml`)).find((candidate) => existsSync(candidate))
  if (file === undefined) throw new NoVectors(`there is no world "${name}" in ${folders.join(', ')}`)
  return readFileSync(file, 'utf8')
}
