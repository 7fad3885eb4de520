import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { settingError } from '../options/setting-error.ts'

/** Cucumber takes a path that is not there for a pattern that fits nothing, and runs nothing. */
export function checkFeatures(features: readonly string[]): void {
  for (const feature of features) if (!isPattern(feature)) checkReadable(withoutLines(feature))
}

/** A glob, or cucumber's `@rerun.txt`. */
function isPattern(path: string): boolean {
  return /[*?{}[\]!]/.test(path) || /(^|\/)@[^/]*$/.test(path)
}

/** `a.feature:3:12` names the scenarios at lines 3 and 12. */
export function linesOf(path: string): readonly { readonly file: string; readonly line: number }[] {
  const file = withoutLines(path)
  return [...path.slice(file.length).matchAll(/\d+/g)].map(([line]) => ({ file, line: Number(line) }))
}

function withoutLines(path: string): string {
  return path.replace(/(:\d+)+$/, '')
}

function checkReadable(path: string): void {
  try {
    if (statSync(path).isDirectory()) readdirSync(path)
    else accessSync(path, constants.R_OK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw settingError(`there is no feature file or folder "${path}"`, 'a path counts from the folder that the command runs in', 'FILE_NOT_FOUND')
    throw settingError(`"${path}" may not be read`, 'give yourself the right to read it: chmod u+rX', 'FILE_UNREADABLE')
  }
}
