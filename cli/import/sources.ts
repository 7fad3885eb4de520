import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ConfigRejected } from '../../mesh-core/config/errors.ts'
import { readText } from '../../mesh-core/config/load.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { settingError } from '../options/setting-error.ts'

export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** What was named on the command line: files of tests, and files of config. */
export interface Sources {
  readonly tests: readonly SourceFile[]
  readonly configs: readonly SourceFile[]
  /** Of the config that are Kubernetes objects. */
  readonly resources: readonly Resource[]
}

/**
 * Tells tests from config by what stands in the files. A file that is named itself and by its folder is read once.
 * @param isTest looks at the text of a file
 * @throws MeshSpecError, ConfigRejected
 */
export function readSources(paths: readonly string[], isTest: (text: string) => boolean): Sources {
  const named = new Map(paths.flatMap(filesOf).map((path) => [realpathSync(path), path]))
  const files = [...named.values()].map((path) => ({ path, text: readFileSync(path, 'utf8') }))
  const configs = files.filter(({ text }) => !isTest(text))
  const read = configs.filter(({ text }) => isKubernetes(text)).map(({ text, path }) => readText(text, path))
  const errors = read.flatMap((result) => result.errors)
  if (errors.length > 0) throw new ConfigRejected(errors)
  return { tests: files.filter(({ text }) => isTest(text)), configs, resources: read.flatMap((result) => result.resources) }
}

export function isKubernetes(text: string): boolean {
  return /^\s*["']?apiVersion["']?\s*:/m.test(text)
}

function filesOf(path: string): string[] {
  if (!existsSync(path)) throw settingError(`there is no file or folder ${path}`, 'check the path', 'FILE_NOT_FOUND')
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = join(path, entry.name)
      return entry.isDirectory() || /\.(ya?ml|json)$/i.test(entry.name) ? filesOf(inner) : []
    })
}

/** A name for each file in one folder: its own, numbered where it is taken. */
export function namesInOneFolder(files: readonly SourceFile[]): Map<SourceFile, string> {
  const taken = new Set<string>()
  return new Map(
    files.map((file) => {
      const [, stem, extension] = /^(.*?)(\.[^.]*)?$/.exec(basename(file.path))!
      let name = `${stem}${extension ?? ''}`
      for (let i = 2; taken.has(name); i++) name = `${stem}-${i}${extension ?? ''}`
      taken.add(name)
      return [file, name]
    }),
  )
}
