import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** That generated meshes stand upon. */
export const ownWorld = 'shop'

/** What stands upon a world. */
export interface OnWorld {
  /** `shop` when absent. */
  readonly world?: string
}

const folders = ['../vectors/own/worlds', '../../shared/upstream/mesh-observed/worlds'].map((folder) => resolve(import.meta.dirname, folder))

/** What is there before the config of a mesh: a file of YAML. */
export function worldFileOf({ world = ownWorld }: OnWorld): string {
  const files = folders.map((folder) => join(folder, `${world}.yaml`))
  return files.find((file) => existsSync(file)) ?? files[0]!
}

export function worldOf(mesh: OnWorld): string {
  return readFileSync(worldFileOf(mesh), 'utf8')
}
