import { dirname, relative, resolve } from 'node:path'
import { ownSamples } from '../package.ts'

/** Features of this package are called the same wherever it is installed, and from wherever they are run. */
function installedName(uri: string, cwd: string): string {
  const path = relative(dirname(ownSamples), resolve(cwd, uri))
  return path.startsWith('..') ? uri : path
}

/**
 * A seed of the scenario's own, so that what it draws does not depend on which scenarios ran before it. FNV-1a over the run's seed,
 * the file and the scenario's name.
 * @param uri path of the feature file as cucumber names it, from `cwd`
 */
export function scenarioSeed(seed: number, uri: string, name: string, cwd = '.'): number {
  // A backslash is Windows' way to write the same path.
  const text = `${seed}\n${installedName(uri, cwd).replaceAll('\\', '/')}\n${name}`
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
