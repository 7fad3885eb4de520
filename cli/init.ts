import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { makeFolder } from '../support/runs/make-folder.ts'
import { exitCodes } from './output/exit-codes.ts'
import { fileReason } from './output/file-reason.ts'
import { ownVersion, packageRoot } from '../support/package.ts'
import { settingError } from './options/setting-error.ts'

/** npm leaves out of a package what bears these names; the template holds them under others. */
const realNames: Readonly<Record<string, string>> = { gitignore: '.gitignore', vscode: '.vscode', github: '.github' }

/**
 * Copies the template into `folder`. Nothing that is there is changed, save that package.json gains what it lacks.
 * @returns the exit code
 */
export async function init(folder: string): Promise<number> {
  const template = join(packageRoot, 'samples', 'init')
  // First, for it may be one that nobody can read.
  const { before, after } = manifestOf(resolve(folder))
  const { written, kept } = copyTemplate(template, resolve(folder))
  const manifest = writeManifest(resolve(folder), before, after)
  report(folder, [...written, ...manifest.written], [...kept, ...manifest.kept])
  return exitCodes.held
}

interface Outcome {
  readonly written: string[]
  readonly kept: string[]
}

function copyTemplate(template: string, folder: string): Outcome {
  const outcome: Outcome = { written: [], kept: [] }
  for (const file of filesBelow(template)) {
    const path = file
      .split(/[\\/]/)
      .map((part) => realNames[part] ?? part)
      .join('/')
    const to = join(folder, path)
    if (existsSync(to)) outcome.kept.push(path)
    else {
      makeOwn(dirname(to))
      cpSync(join(template, file), to)
      outcome.written.push(path)
    }
  }
  return outcome
}

function makeOwn(folder: string): void {
  try {
    makeFolder(folder)
  } catch (error) {
    throw settingError(`the folder ${folder} cannot be made: ${fileReason(error)}`, 'name a folder that you may write to')
  }
}

function filesBelow(folder: string, root = folder): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path, root) : [relative(root, path)]
  })
}

interface Manifest {
  scripts?: Record<string, string>
  devDependencies?: Record<string, string>
  dependencies?: Record<string, string>
  [field: string]: unknown
}

/** The scripts and the dependencies that the template needs, where package.json names none of its own. */
function manifestOf(folder: string): { readonly before: string | null; readonly after: string } {
  const file = join(folder, 'package.json')
  const before = existsSync(file) ? readFileSync(file, 'utf8') : null
  const manifest = before === null ? { name: basename(folder).toLowerCase(), private: true, type: 'module' } : parseManifest(before, file)
  return { before, after: `${JSON.stringify(completed(manifest), null, 2)}\n` }
}

function writeManifest(folder: string, before: string | null, after: string): Outcome {
  if (before === after) return { written: [], kept: ['package.json'] }
  writeFileSync(join(folder, 'package.json'), after)
  return { written: [before === null ? 'package.json' : 'package.json (what was missing in it)'], kept: [] }
}

function parseManifest(text: string, file: string): Manifest {
  try {
    return JSON.parse(text) as Manifest
  } catch (error) {
    throw settingError(`${file} is no JSON: ${(error as Error).message}`, 'mend it, or take it away')
  }
}

function completed(manifest: Manifest): Manifest {
  const present = { ...manifest.dependencies, ...manifest.devDependencies }
  const needed = { '@cucumber/cucumber': '^12.9.0', meshspec: `^${ownVersion()}` }
  const missing = Object.entries(needed).filter(([name]) => present[name] === undefined)
  const placeholder = manifest.scripts?.['test']?.includes('no test specified') ?? true
  return {
    ...manifest,
    scripts: { ...manifest.scripts, ...(placeholder ? { test: 'meshspec run' } : {}) },
    ...(missing.length > 0 ? { devDependencies: { ...manifest.devDependencies, ...Object.fromEntries(missing) } } : {}),
  }
}

function report(folder: string, written: readonly string[], kept: readonly string[]): void {
  for (const path of written) process.stdout.write(`wrote ${path}\n`)
  for (const path of kept) process.stdout.write(`kept  ${path} as it is\n`)
  const first = folder === '.' ? '' : `cd ${folder} && `
  const install = existsSync(join(resolve(folder), 'node_modules', 'meshspec')) ? '' : 'npm install && '
  process.stdout.write(`\nNow: ${first}${install}npx meshspec run\n`)
}
