import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { describeDifference } from './difference.ts'
import { meshCore } from './mesh-observed/engine.ts'
import { NoVectors } from './mesh-observed/folder.ts'
import { type CaseResult, readMeshObserved, runMeshObserved, type Selection } from './mesh-observed/family.ts'
import type { Engine } from './mesh-observed/play.ts'
import { notYet } from './not-yet.ts'
import { Tally } from './tally.ts'

const usage = `npm run vectors -- [FAMILY [DIR]] [--target TARGET] [--area AREA] [--case NAME] [--verbose]

  FAMILY     ${'mesh-observed'}
  DIR        a family folder (vectors/*.json, worlds/), or a folder or file of vectors in the same form
  --target   core (the default), or envoy: mesh-core's compiler with Envoy's data plane
  --area     only this area; of an area that is not reached yet, the differences are printed too
  --case     only this case
  --verbose  names every case, and the differences of areas that are not reached yet

Without DIR: every folder of the family that is there. Exit codes: 0 all passed, 1 some failed, 2 wrong arguments.`

const families: Readonly<Record<string, readonly string[]>> = {
  'mesh-observed': ['../shared/upstream/mesh-observed', 'vectors/own'],
}

const engines: Readonly<Record<string, () => Promise<Engine & { close?(): Promise<void> }>>> = {
  core: meshCore,
  envoy: async () => (await import('./mesh-observed/envoy-engine.ts')).realEnvoy(),
}

/** Runs folders of vectors, prints each difference, and closes with a line `N passed, N failed`. */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args)
  if (values.help) return say(usage, 0)
  const [family, dir, ...rest] = positionals
  if (rest.length > 0) return say(usage, 2)
  if (family !== undefined && !(family in families)) return say(`there is no family "${family}"; known: ${Object.keys(families).join(', ')}`, 2)
  const folders = dir === undefined ? defaultFolders() : [dir]
  if (folders.length === 0) return say('0 passed, 0 failed', 0)
  const selection: Selection = { area: values.area ?? null, case: values.case ?? null }
  const tally = new Tally(notYet)
  if (!(values.target in engines)) return say(`there is no target "${values.target}"; known: ${Object.keys(engines).join(', ')}`, 2)
  const engine = await engines[values.target]!()
  try {
    for (const folder of folders)
      for await (const result of runMeshObserved(readMeshObserved(folder), selection, engine)) {
        tally.add(result)
        report(result, values.verbose || values.area !== undefined || values.case !== undefined)
      }
  } finally {
    await engine.close?.()
  }
  if (tally.empty) return say(`no case is called so: ${values.area ?? ''} ${values.case ?? ''}`, 2)
  for (const line of tally.lines()) console.log(line)
  return tally.failed === 0 ? 0 : 1
}

function parse(args: readonly string[]): ReturnType<typeof parsed> {
  try {
    return parsed(args)
  } catch (error) {
    throw new NoVectors(`${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}

function parsed(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      target: { type: 'string', default: 'core' },
      area: { type: 'string' },
      case: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
}

function defaultFolders(): string[] {
  const all = Object.values(families).flat()
  const there = all.filter((folder) => existsSync(folder))
  for (const folder of all) if (!there.includes(folder)) console.log(`${folder} is not there: its vectors are not run`)
  return there
}

function report({ area, name, about, skipped, differences }: CaseResult, everything: boolean): void {
  if (differences.length === 0) {
    if (everything) console.log(`${skipped === null ? '✔' : '-'} ${area}/${name}${skipped === null ? '' : `: not recorded: ${skipped}`}`)
    return
  }
  if (area in notYet && !everything) return
  console.log(`✖ ${area}/${name}: ${about}`)
  for (const difference of differences) console.log(describeDifference(difference))
}

function say(text: string, code: number): number {
  if (code === 0) console.log(text)
  else console.error(text)
  return code
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof NoVectors)) throw error
  process.exitCode = say(error.message, 2)
}
