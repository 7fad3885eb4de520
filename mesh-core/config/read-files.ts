import { isUtf8 } from 'node:buffer'
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorCode } from './errors.ts'
import { MeshSpecError } from './errors.ts'
import { ForeignDocument } from './foreign-document.ts'
import { failed, mergeResults, type ReadResult } from './read-result.ts'
import { maxTextLength, readText } from './read.ts'

const configFile = /\.(?:ya?ml|json)$/i

/**
 * Reads files and folders. A folder is read with all below it, in the order of names: *.yaml, *.yml, *.json; what starts with a dot is
 * left out. A file is read whatever its name.
 */
export function readPaths(paths: readonly string[]): ReadResult {
  return mergeResults(paths.map((path) => readPath(path, new Set())))
}

function readPath(path: string, above: ReadonlySet<string>): ReadResult {
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) return readFolder(path, above)
    // A pipe that lies in a folder may never end; one that is named is meant: `validate <(helm template …)`.
    if (above.size > 0 && !stat.isFile()) return mergeResults([])
    return stat.size > maxTextLength * 3
      ? failed(fault('YAML_TOO_LARGE', path, `the file has ${Math.round(stat.size / 1024 / 1024)} MB`, 'split it into files, and name their folder'))
      : readFile(path)
  } catch (error) {
    return failed(unreadable(path, error as NodeJS.ErrnoException))
  }
}

function readFolder(folder: string, above: ReadonlySet<string>): ReadResult {
  const real = realpathSync(folder)
  // A link to a folder above would lead round in a circle.
  if (above.has(real)) return mergeResults([])
  const inside = new Set([...above, real])
  const results = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => join(folder, entry.name))
    .filter((path) => configFile.test(path) || isFolder(path))
    .map((path) => passingOver(readPath(path, inside)))
  if (above.size === 0 && results.length === 0)
    return failed(fault('FILE_NOT_FOUND', folder, 'the folder holds no *.yaml, *.yml or *.json', 'name the folder that your config is in'))
  return mergeResults(results)
}

/** What merely lies beside config is no mistake. */
function passingOver(result: ReadResult): ReadResult {
  const foreign = result.errors.filter((error) => error instanceof ForeignDocument)
  if (foreign.length === 0) return result
  const passedOver = foreign.map(({ what, details }) => ({ file: details.place?.file ?? '', what }))
  return {
    ...result,
    errors: result.errors.filter((error) => !(error instanceof ForeignDocument)),
    passedOver: [...result.passedOver, ...passedOver],
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false // a dangling link that is no config file by its name
  }
}

function readFile(path: string): ReadResult {
  const bytes = readFileSync(path)
  if (!isUtf8(bytes)) return failed(fault('FILE_UNREADABLE', path, 'the file is not UTF-8 text', 'save it as UTF-8'))
  return readText(bytes.toString('utf8'), path)
}

function unreadable(path: string, error: NodeJS.ErrnoException): MeshSpecError {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return fault('FILE_NOT_FOUND', path, 'there is no such file or folder', 'check the path; it is taken from the folder that the command runs in')
    case 'EACCES':
    case 'EPERM':
      return fault('FILE_UNREADABLE', path, 'reading is not permitted', `make it readable, for example with chmod +r`)
    default:
      if (error.code === undefined) throw error
      return fault('FILE_UNREADABLE', path, `reading failed: ${error.message}`, null)
  }
}

function fault(code: ErrorCode, file: string, problem: string, hint: string | null): MeshSpecError {
  return new MeshSpecError({ code, origin: null, place: { file, position: null }, problem, hint })
}
