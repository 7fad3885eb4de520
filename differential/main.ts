import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { type Command, Option } from 'commander'
import { ownCommand, perform, WrongArguments, wholeNumber } from '../vectors/command-line.ts'
import { describeDifference } from '../vectors/difference.ts'
import { againstIstiod } from './against-istiod.ts'
import { type GeneratedMesh, generateMesh } from './generate/mesh.ts'
import { recordedMeshes } from './generate/recorded-meshes.ts'
import { subjects } from './generate/subjects.ts'
import { envoyLanes, judgeInLanes } from './lanes.ts'
import { isSeenAgain, minimal } from './minimal.ts'
import { oracleIsThere } from './oracle.ts'
import { printFeature } from './print-feature.ts'
import type { Judgement, Referee } from './referee.ts'
import { RunCount } from './run-count.ts'

const command = ownCommand('differential', 'Has mesh-core and another implementation answer the same generated calls, and prints what differs.')
  .option('--seed <seed>', 'decides every mesh and call; a fresh one is drawn and printed without it')
  .option('--cases <number>', 'meshes, or folders of config', wholeNumber, 40)
  .option('--calls <number>', 'calls into each', wholeNumber, 20)
  .addOption(
    new Option(
      '--against <implementation>',
      "istiod: istiod's code and real Envoy, where the oracle is there; envoy: our config in real Envoy; istioctl: verdicts and analyses of folders of config",
    )
      .choices(['istiod', 'envoy', 'istioctl'])
      .default('istiod'),
  )
  .addOption(new Option('--subject <name>', 'only meshes about it').choices(subjects.map(({ name }) => name)))
  .option('--jobs <number>', 'against envoy: processes beside each other, each with an Envoy of its own', wholeNumber, availableParallelism())
  .option('--only <index>', 'only the mesh with this index of the seed', wholeNumber)
  .option('--changing <folder>', 'instead of generated ones meshes of such vectors as mesh-observed, with changes')
  .option('--merging <folder>', 'instead of generated ones meshes of such vectors, several put together; with --changing: with changes, too')
  .option('--adding', 'with --changing or --merging: beside what was recorded further rules for its hosts, other services, callers and settings')
  .option('--meshes <file>', 'instead of generated ones those of such a file as --out writes')
  .option('--no-shrink', 'prints differences as they were found')
  .option('--out <file>', 'writes the meshes that differ to a file, as JSON')
  .addHelpText('after', '\nExit codes: 0 no difference, 1 differences, 2 wrong arguments.')

interface Options {
  readonly seed?: string
  readonly cases: number
  readonly calls: number
  readonly against: 'istiod' | 'envoy' | 'istioctl'
  readonly jobs: number
  readonly only?: number
  readonly subject?: string
  readonly changing?: string
  readonly merging?: string
  readonly adding?: boolean
  readonly meshes?: string
  readonly shrink: boolean
  readonly out?: string
}

/** Meshes that are judged at once. */
const batchSize = 40
const progressEvery = 400
/** So many differing meshes are shrunk in one run; of the others the differences are printed. */
const mostShrunk = 5

async function main(given: Command): Promise<number> {
  const { seed = String(Date.now() % 1_000_000), ...options } = given.opts<Options>()
  if (options.against === 'istioctl') return (await import('./config/against-istioctl.ts')).againstIstioctl({ seed, ...options })
  const meshes = options.meshes === undefined ? generated(seed, options) : readMeshes(options.meshes)
  const batches = inBatches(meshes)
  const referees = await refereesOf(options.against, Math.min(options.jobs, batches.length))
  const [referee] = referees
  if (!referee) return 0
  console.log(`seed ${seed}: ${meshes.length} meshes with ${options.calls} calls each, against ${referee.name}`)
  const count = new RunCount(seed)
  const differing: Judgement[] = []
  let judged = 0
  try {
    for await (const judgements of judgeInLanes(batches, referees)) {
      for (const judgement of judgements) {
        note(count, judgement)
        if (judgement.differences.length > 0) differing.push(judgement)
      }
      // At once: a run that is ended before its time has not run in vain.
      if (options.out !== undefined) writeFileSync(options.out, JSON.stringify(differing, null, 1))
      judged += judgements.length
      if (judged % progressEvery === 0 && judged < meshes.length) console.log(`  ${judged} meshes, ${differing.length} differ`)
    }
    count.end()
    // The others have nothing to do by now: what is looked at again is looked at in quiet.
    for (const [i, judgement] of differing.entries()) await report(judgement, referee, options.shrink && i < mostShrunk, count)
  } finally {
    await Promise.all(referees.map((one) => one.close()))
  }
  for (const line of count.lines()) console.log(line)
  return count.differing === 0 ? 0 : 1
}

/** Made when they are judged. */
type Meshes = readonly (() => GeneratedMesh)[]

function generated(seed: string, { cases, calls, only, subject, ...folders }: Options): Meshes {
  const indexes = only === undefined ? Array.from({ length: cases }, (_, i) => i) : [only]
  const recorded = recordedMeshes(folders)
  return indexes.map((index) => () => (recorded ? recorded(seed, index, calls) : generateMesh(seed, index, calls, subject)))
}

function inBatches(meshes: Meshes): (() => readonly GeneratedMesh[])[] {
  const starts = Array.from({ length: Math.ceil(meshes.length / batchSize) }, (_, i) => i * batchSize)
  return starts.map((start) => () => meshes.slice(start, start + batchSize).map((make) => make()))
}

/** @throws WrongArguments for what --out has not written */
function readMeshes(file: string): Meshes {
  const judgements = readJson(file)
  if (!Array.isArray(judgements) || judgements.some((judgement) => !judgement?.mesh)) throw new WrongArguments(`${file} is no file that --out writes`)
  return judgements.map(
    ({ mesh }: Judgement) =>
      () =>
        mesh,
  )
}

function readJson(file: string): unknown {
  if (!existsSync(file)) throw new WrongArguments(`there is no ${file}`)
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new WrongArguments(`${file} is no JSON: ${(error as Error).message}`)
  }
}

/** @returns none where there is nobody to ask */
async function refereesOf(name: 'istiod' | 'envoy', jobs: number): Promise<readonly Referee[]> {
  if (name === 'envoy') return envoyLanes(jobs)
  if (oracleIsThere()) return [await againstIstiod()]
  console.log('skipped: the oracle (../shared/oracle/ask) is not there')
  return []
}

function note(count: RunCount, judgement: Judgement): void {
  count.add(judgement)
  const { mesh, skipped, unsteady } = judgement
  if (skipped !== null) console.log(`- ${mesh.name} was not run: ${skipped.slice(-200)}`)
  if (unsteady.length > 0) console.log(`- ${mesh.name}: not seen again: ${fieldsOf(unsteady)}\n${describeDifference(unsteady[0]!)}`)
}

async function report(judgement: Judgement, referee: Referee, shrinks: boolean, count: RunCount): Promise<void> {
  const { mesh, differences } = judgement
  if (!shrinks && (await isSeenAgain(judgement, referee))) {
    count.differing++
    console.log(`✖ ${mesh.name}`)
    for (const difference of differences) console.log(describeDifference(difference))
    return
  }
  const smallest = shrinks ? await minimal(judgement, referee, { batch: 30, batches: 12, ms: 120_000 }) : null
  if (smallest === null) {
    count.unsteady++
    console.log(`- ${mesh.name}: not seen again: ${fieldsOf(differences)}\n${describeDifference(differences[0]!)}`)
    return
  }
  count.differing++
  console.log(`✖ ${mesh.name}\n${printFeature(smallest, referee.name)}\n`)
}

function fieldsOf(differences: Judgement['differences']): string {
  return [...new Set(differences.map(({ field }) => field))].join(', ')
}

await perform(command, main)
