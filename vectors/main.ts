import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { describeDifference } from './difference.ts'
import { exemptions } from './exemptions.ts'
import { families, shortNames } from './families.ts'
import { type CaseResult, type EngineName, type Family, NoVectors, type Selection } from './family.ts'
import { exemptionOf, Tally, type Verdict } from './tally.ts'

const usage = `npm run vectors -- [FAMILY [DIR]] [--target TARGET] [--area AREA] [--case NAME] [--verbose]

  FAMILY     ${Object.keys(families).join(', ')}
  DIR        a family folder (vectors/*.json and what lies beside it), or a folder or file of vectors in the same form
  --target   core (the default), or envoy: mesh-core's compiler with Envoy's data plane
  --area     only this area; of an area that is not reached yet, the differences are printed too
  --case     only this case
  --verbose  names every case, and the differences of those that are not reached yet or exempted

Without FAMILY: all of them. Without DIR: every folder of the family that is there.
Exit codes: 0 all passed, 1 some failed, 2 wrong arguments.`

interface Options {
  readonly engine: EngineName
  readonly selection: Selection
  readonly everything: boolean
}

/** Runs folders of vectors, prints each difference, and closes with a line `N passed, N failed`. */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args)
  if (values.help) return say(usage, 0)
  const [word, dir, ...rest] = positionals
  const family = word === undefined ? undefined : (shortNames[word] ?? word)
  if (rest.length > 0) return say(usage, 2)
  if (family !== undefined && !Object.hasOwn(families, family))
    return say(`there is no family "${family}"; known: ${Object.keys(families).join(', ')}`, 2)
  const engine = engineName(values.target)
  if (engine === null) return say(`there is no target "${values.target}"; known: core, envoy`, 2)
  const selection: Selection = { area: values.area ?? null, case: values.case ?? null }
  const options: Options = { engine, selection, everything: values.verbose || selection.area !== null || selection.case !== null }
  const chosen = Object.entries(families).filter(([name]) => family === undefined || name === family)
  const able = chosen.filter(([, { engines }]) => engines.includes(engine))
  if (able.length === 0) return say(`the family "${family}" does not run on the target "${engine}"`, 2)
  const tallies: Tally[] = []
  for (const [name, known] of able) tallies.push(await runFamily(name, known, dir, options))
  if ((selection.area !== null || selection.case !== null) && tallies.every(({ empty }) => empty))
    return say(`no case is called so: ${selection.area ?? ''} ${selection.case ?? ''}`, 2)
  const sum = (kind: 'passed' | 'failed'): number => tallies.reduce((all, tally) => all + tally[kind], 0)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
  return sum('failed') === 0 ? 0 : 1
}

async function runFamily(name: string, family: Family, dir: string | undefined, { engine, selection, everything }: Options): Promise<Tally> {
  const tally = new Tally({ notYet: family.notYet ?? {}, exempt: exemptions[name] ?? {} })
  for (const folder of dir === undefined ? foldersThere(family) : [dir])
    for await (const result of family.run(folder, selection, engine)) report(result, tally.add(result), exemptions[name] ?? {}, everything)
  if (!tally.empty) for (const line of [`── ${name} ──`, ...tally.lines()]) console.log(line)
  return tally
}

function engineName(name: string): EngineName | null {
  return name === 'core' || name === 'envoy' ? name : null
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

function foldersThere({ folders }: Family): string[] {
  const there = folders.filter((folder) => existsSync(folder))
  for (const folder of folders) if (!there.includes(folder)) console.log(`${folder} is not there: its vectors are not run`)
  return there
}

const marks: Readonly<Record<Verdict, string>> = { passed: '✔', failed: '✖', 'not-yet': '✖', exempt: '-', stale: '✖', skipped: '-' }

function report(
  { area, name, about, skipped, differences }: CaseResult,
  verdict: Verdict,
  exempt: Readonly<Record<string, string>>,
  everything: boolean,
): void {
  const title = `${area}/${name}`
  if (verdict === 'stale')
    return console.log(
      `✖ ${title} passes, though vectors/exemptions.ts says that it cannot: take it out there (${exemptionOf(exempt, title)?.reason})`,
    )
  if (!everything && verdict !== 'failed') return
  const why =
    verdict === 'skipped'
      ? `: not run: ${skipped}`
      : verdict === 'exempt'
        ? `: exempted: ${exemptionOf(exempt, title)?.reason}`
        : about === ''
          ? ''
          : `: ${about}`
  console.log(
    `${verdict === 'not-yet' && differences.length === 0 ? '✔' : marks[verdict]} ${title}${differences.length === 0 && verdict === 'passed' ? '' : why}`,
  )
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
