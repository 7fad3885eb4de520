import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, normalize, resolve, sep } from 'node:path'
import { MeshSpecError } from '../../mesh-core/config/errors.ts'
import { editDistance } from '../../mesh-core/config/schema/edit-distance.ts'
import { ownSamples } from '../package.ts'

/** Where the sentence `the config "…"` looks. */
export interface ConfigPlaces {
  /** Folder of the feature file. */
  readonly feature: string
  /** The `config` setting. */
  readonly config: string | null
  readonly cwd: string
}

/**
 * Finds a file or a folder: beside the feature, in the folder of the settings, in the project's own `samples/`, then in meshspec's samples.
 * In a `samples/` a file name, or the end of a path, is enough.
 * @param what to call it, where there is none
 * @returns an absolute path
 * @throws MeshSpecError FILE_NOT_FOUND
 */
export function findConfig(name: string, { feature, config, cwd }: ConfigPlaces, what = 'config'): string {
  checkConfigFolder(config, cwd)
  const beside = [feature, ...(config === null ? [] : [resolve(cwd, config)]), cwd].map((folder) => resolve(folder, name))
  const direct = beside.find((path) => existsSync(path))
  if (direct !== undefined) return direct
  const samples = [join(cwd, 'samples'), ownSamples]
  for (const folder of samples) {
    const found = findBelow(folder, name)
    if (found !== undefined) return found
  }
  throw notFound(`${what} "${name}"`, name, [...new Set([...beside.map((path) => dirname(path)), ...samples])], samples)
}

/** @param config the `config` setting @throws MeshSpecError FILE_NOT_FOUND where it is no folder */
export function checkConfigFolder(config: string | null, cwd: string): void {
  if (config !== null && !isFolder(resolve(cwd, config))) throw noFolder(config)
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Samples of the Gateway API are called as Istio's own are; a name without this folder means the latter. */
const gatewayApi = `${sep}gateway-api${sep}`

function findBelow(folder: string, name: string): string | undefined {
  const end = sep + normalize(name).replace(/[\\/]$/, '')
  const found = pathsBelow(folder).filter((path) => path.endsWith(end))
  return found.find((path) => !path.slice(folder.length).includes(gatewayApi)) ?? found[0]
}

/** What `meshspec init` copies is the beginning of somebody's own config, and none of the samples. */
const template = join(ownSamples, 'init') + sep

const listed = new Map<string, readonly string[]>()

/** Files and folders, parents first, in the order of their names. Read once: samples do not change while scenarios run. */
function pathsBelow(folder: string): readonly string[] {
  const known = listed.get(folder)
  if (known) return known
  const paths = existsSync(folder) ? walk(folder).filter((path) => !path.startsWith(template)) : []
  listed.set(folder, paths)
  return paths
}

function walk(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
  const paths = entries.map((entry) => ({ path: join(folder, entry.name), isFolder: entry.isDirectory() }))
  return paths.toSorted((a, b) => (a.path < b.path ? -1 : 1)).flatMap(({ path, isFolder }) => (isFolder ? [path, ...walk(path)] : [path]))
}

/** Files of the same name elsewhere would be taken for those that were meant. */
function noFolder(config: string): MeshSpecError {
  const hint = 'it is the setting "config" (--config), from the folder that the command runs in'
  return new MeshSpecError({ code: 'FILE_NOT_FOUND', origin: null, place: null, problem: `there is no folder "${config}" of config`, hint })
}

function notFound(what: string, name: string, places: readonly string[], samples: readonly string[]): MeshSpecError {
  const known = samples.flatMap((folder) => pathsBelow(folder).map((path) => basename(path)))
  const near = [...new Set(known)]
    .map((other) => ({ other, far: editDistance(other, basename(name)) }))
    .filter(({ far }) => far <= Math.max(2, name.length / 5))
    .toSorted((a, b) => a.far - b.far)
    .map(({ other }) => other)
  const hint = near.length > 0 ? `did you mean ${near.slice(0, 3).join(', ')}?` : `looked in ${places.join(', ')}`
  return new MeshSpecError({ code: 'FILE_NOT_FOUND', origin: null, place: null, problem: `there is no ${what}`, hint })
}
