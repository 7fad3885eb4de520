import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const isBuilt = !import.meta.url.endsWith('.ts')

/** The folder of meshspec's package.json: the first one above this file, for the sources and for what is built of them alike. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)))

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) || dirname(folder) === folder ? folder : findRoot(dirname(folder))
}

/** The file of a module that others than our own imports load: of the sources when they run, else of `dist/`, for which `scripts/bundle.mjs` names it. */
export function moduleFile(name: string): string {
  return isBuilt ? join(packageRoot, 'dist', `${name}.js`) : join(packageRoot, `${name}.ts`)
}

/** The `samples/` of this package. */
export const ownSamples: string = join(packageRoot, 'samples')

export function ownVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version
}
