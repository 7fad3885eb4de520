import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { load } from 'js-yaml'
import { packageRoot } from '../../support/package.ts'
import { settingError } from '../options/setting-error.ts'

/** Names that kustomize looks for. Ours is the one that config readers do not take for a resource. */
const kustomizations = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/**
 * The files and folders that config is read from: a folder with a kustomization says itself which of its files belong together.
 * A sample of this package is found from anywhere.
 * @throws MeshSpecError INVALID_SETTING
 */
export function configPaths(path: string): readonly string[] {
  const found = existsSync(path) || !path.startsWith('samples/') ? path : join(packageRoot, path)
  if (!existsSync(found) || !statSync(found).isDirectory()) return [found]
  const file = kustomizations.map((name) => join(found, name)).find((name) => existsSync(name))
  return file === undefined ? [found] : resourcesOf(file, found)
}

function resourcesOf(file: string, folder: string): string[] {
  const { apiVersion: _version, kind: _kind, resources, ...others } = (load(readFileSync(file, 'utf8')) ?? {}) as Record<string, unknown>
  const more = Object.keys(others)
  if (more.length > 0 || !isTextList(resources))
    throw settingError(
      `${file} is more than a list of resources${more.length > 0 ? `: ${more.join(', ')}` : ''}`,
      `render it first: kubectl kustomize ${folder} > app.yaml`,
    )
  return resources.map((resource) => resolve(folder, resource))
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
