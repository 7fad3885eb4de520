import { existsSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { ownCommand, perform, WrongArguments } from './command-line.ts'
import { describeDifference } from './difference.ts'
import { exemptions, exemptionsOf } from './exemptions.ts'
import { families, shortNames } from './families.ts'
import { type CaseResult, type EngineName, type Family, type Selection } from './family.ts'
import { exemptionOf, Tally, type Exemptions, type Verdict } from './tally.ts'

const command = ownCommand('vectors', 'Runs folders of vectors, prints each difference, and closes with a line `N passed, N failed`.')
  .argument('[family]', `${Object.keys(families).join(', ')}; default: all of them`)
  .argument(
    '[dir]',
    'a family folder (vectors/*.json and what lies beside it), or a folder or file of vectors in the same form; default: all that are there',
  )
  .addOption(
    new Option('--target <target>', "core, or envoy: mesh-core's compiler with Envoy's data plane").choices(['core', 'envoy']).default('core'),
  )
  .option('--area <area>', 'only this area')
  .option('--case <name>', 'only this case')
  .option('--verbose', 'names every case, and the differences of those that are exempted')
  .addHelpText('after', '\nExit codes: 0 all passed, 1 some failed, 2 wrong arguments.')

interface Arguments {
  readonly target: EngineName
  readonly area?: string
  readonly case?: string
  readonly verbose?: boolean
}

interface Options {
  readonly engine: EngineName
  readonly selection: Selection
  readonly everything: boolean
}

async function main({ args: [word, dir] }: Command): Promise<number> {
  const { target: engine, area = null, case: one = null, verbose = false } = command.opts<Arguments>()
  const family = word === undefined ? undefined : (shortNames[word] ?? word)
  if (family !== undefined && !Object.hasOwn(families, family))
    throw new WrongArguments(`there is no family "${family}"; known: ${Object.keys(families).join(', ')}`)
  const selection: Selection = { area, case: one }
  const options: Options = { engine, selection, everything: verbose || selection.area !== null || selection.case !== null }
  const chosen = Object.entries(families).filter(([name]) => family === undefined || name === family)
  const able = chosen.filter(([, { engines }]) => engines.includes(engine))
  if (able.length === 0) throw new WrongArguments(`the family "${family}" does not run on the target "${engine}"`)
  const tallies: Tally[] = []
  for (const [name, known] of able) tallies.push(await runFamily(name, known, dir, options))
  if ((selection.area !== null || selection.case !== null) && tallies.every(({ empty }) => empty))
    throw new WrongArguments(`no case is called so: ${selection.area ?? ''} ${selection.case ?? ''}`)
  const sum = (kind: 'passed' | 'failed'): number => tallies.reduce((all, tally) => all + tally[kind], 0)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
  return sum('failed') === 0 ? 0 : 1
}

async function runFamily(name: string, family: Family, dir: string | undefined, { engine, selection, everything }: Options): Promise<Tally> {
  const exempt = exemptionsOf(name)
  const tally = new Tally(exempt)
  const folders = dir === undefined ? foldersThere(family) : [dir]
  for (const folder of folders)
    for await (const result of family.run(folder, selection, engine)) report(result, tally.add(result), exempt, everything)
  const isWhole = folders.length === family.folders.length && dir === undefined && selection.area === null && selection.case === null
  if (isWhole && engine === 'core') tally.expectMet(Object.keys(exemptions[name] ?? {}))
  if (!tally.empty) for (const line of [`── ${name} ──`, ...tally.lines()]) console.log(line)
  return tally
}

function foldersThere({ folders }: Family): string[] {
  const there = folders.filter((folder) => existsSync(folder))
  for (const folder of folders) if (!there.includes(folder)) console.log(`${folder} is not there: its vectors are not run`)
  return there
}

const marks: Readonly<Record<Verdict, string>> = { passed: '✔', failed: '✖', exempt: '-', stale: '✖', skipped: '-' }

function report({ area, name, about, skipped, differences }: CaseResult, verdict: Verdict, exempt: Exemptions, everything: boolean): void {
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
  console.log(`${marks[verdict]} ${title}${verdict === 'passed' ? '' : why}`)
  for (const difference of differences) console.log(describeDifference(difference))
}

await perform(command, main)
