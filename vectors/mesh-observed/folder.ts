import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { NoVectors } from '../family.ts'
import { readVectors } from '../read-vectors.ts'
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

/**
 * Reads a family folder (`vectors/*.json` and `worlds/`), or a folder or file of vectors in the same form.
 * @param spareWorlds where worlds are looked for that do not lie beside the vectors
 * @throws NoVectors
 */
export function readCollection(path: string, spareWorlds: string): Collection {
  const areas = readVectors(path, isCase, 'a list of cases').map(({ name, vectors }) => ({ name, cases: vectors }))
  const folder = statSync(path).isDirectory() ? path : dirname(path)
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
