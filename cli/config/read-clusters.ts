import { mergeResults, type ReadResult } from '../../mesh-core/config/load.ts'
import type { Excerpts } from '../output/excerpt.ts'
import { readConfig } from './read-config.ts'
import { settingError } from '../options/setting-error.ts'

/** What was read for each cluster, and all of it together. */
export interface ReadClusters {
  readonly all: ReadResult
  /** Empty where no cluster is named: then all is that of one. */
  readonly clusters: readonly { readonly name: string; readonly read: ReadResult }[]
}

/** @param shared paths of what every cluster has. @param settings `NAME=PATH`, where a name may occur again. @throws SettingError */
export function readClusters(shared: readonly string[], settings: readonly string[], excerpts: Excerpts): ReadClusters {
  const paths = new Map<string, string[]>()
  for (const setting of settings) {
    const [name, path] = partsOf(setting)
    paths.set(name, [...(paths.get(name) ?? []), path])
  }
  if (shared.length === 0 && paths.size === 0) throw settingError('no config is named', 'name files and folders, or - for standard input')
  const common = readConfig(shared, excerpts)
  const own = [...paths].map(([name, files]) => ({ name, read: readConfig(files, excerpts) }))
  // What stands in several clusters' paths was read each time, and is told of once.
  const all = once(mergeResults([common, ...own.map(({ read }) => read)]))
  return { all, clusters: own.map(({ name, read }) => ({ name, read: mergeResults([common, read]) })) }
}

function partsOf(setting: string): [string, string] {
  const [, name = '', path = ''] = /^([^=]+)=(.+)$/.exec(setting) ?? []
  if (name === '') throw settingError(`--cluster is "${setting}"`, 'write the name of a cluster, and a path: --cluster east=clusters/east')
  return [name, path]
}

function once(read: ReadResult): ReadResult {
  return { ...read, resources: [...new Set(read.resources)], errors: [...new Map(read.errors.map((error) => [error.message, error])).values()] }
}
