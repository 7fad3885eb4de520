import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { describeDifference } from '../vectors/difference.ts'
import { againstIstiod } from './against-istiod.ts'
import { generateMesh } from './generate/mesh.ts'
import { minimal } from './minimal.ts'
import { oracleIsThere } from './oracle.ts'
import { printFeature } from './print-feature.ts'
import type { Judgement, Referee } from './referee.ts'

const usage = `npm run differential -- [--seed N] [--cases N] [--calls N] [--against istiod|envoy] [--only INDEX] [--no-shrink] [--out FILE]

  --seed       decides every mesh and call; a fresh one is drawn and printed without it
  --cases      meshes (default 40)
  --calls      calls into each (default 20)
  --against    istiod: istiod's code and real Envoy, where the oracle is there (default); envoy: our config in real Envoy
  --only       only the mesh with this index of the seed
  --no-shrink  prints differences as they were found
  --out        writes the meshes that differ to a file, as JSON

Exit codes: 0 no difference, 1 differences, 2 wrong arguments.`

/** Meshes that are judged at once. */
const batchSize = 40
/** So many differing meshes are shrunk in one run; of the others the differences are printed. */
const mostShrunk = 5

interface Count {
  meshes: number
  calls: number
  refused: number
  explained: number
  skipped: number
  unsteady: number
  differing: number
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parsed(args)
  if (values.help) return say(usage, 0)
  const referee = await refereeOf(values.against)
  if (referee === null) return 0
  const seed = values.seed ?? String(Date.now() % 1_000_000)
  const [cases, calls] = [wholeNumber(values.cases, 'cases'), wholeNumber(values.calls, 'calls')]
  const indexes = values.only === undefined ? Array.from({ length: cases }, (_, i) => i) : [wholeNumber(values.only, 'only')]
  console.log(`seed ${seed}: ${indexes.length} meshes with ${calls} calls each, against ${referee.name}`)
  const count: Count = { meshes: 0, calls: 0, refused: 0, explained: 0, skipped: 0, unsteady: 0, differing: 0 }
  const differing: Judgement[] = []
  try {
    for (let start = 0; start < indexes.length; start += batchSize) {
      const meshes = indexes.slice(start, start + batchSize).map((index) => generateMesh(seed, index, calls))
      for (const judgement of await referee.judge(meshes)) {
        note(count, judgement)
        if (judgement.differences.length > 0) differing.push(judgement)
      }
    }
    for (const [i, judgement] of differing.entries()) await report(judgement, referee, !values['no-shrink'] && i < mostShrunk, count)
  } finally {
    await referee.close()
  }
  if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(differing, null, 1))
  console.log(summary(count, seed))
  return count.differing === 0 ? 0 : 1
}

async function refereeOf(name: string): Promise<Referee | null> {
  if (name === 'envoy') return (await import('./against-envoy.ts')).againstEnvoy()
  if (name !== 'istiod') throw new UsageError(`there is no "${name}" to compare with`)
  if (oracleIsThere()) return againstIstiod()
  console.log('skipped: the oracle (../shared/oracle/ask) is not there')
  return null
}

function note(count: Count, { mesh, refused, explained, skipped }: Judgement): void {
  if (skipped !== null) {
    count.skipped++
    console.log(`- ${mesh.name} was not run: ${skipped.slice(-200)}`)
    return
  }
  count.meshes++
  count.calls += refused ? 0 : mesh.calls.length
  count.refused += refused ? 1 : 0
  count.explained += explained
}

async function report(judgement: Judgement, referee: Referee, shrinks: boolean, count: Count): Promise<void> {
  if (!shrinks) {
    count.differing++
    console.log(`✖ ${judgement.mesh.name}`)
    for (const difference of judgement.differences) console.log(describeDifference(difference))
    return
  }
  const smallest = await minimal(judgement, referee, { batch: 30, batches: 12 })
  if (smallest === null) {
    count.unsteady++
    console.log(`- ${judgement.mesh.name}: not seen again: ${judgement.differences.map(({ field }) => field).join(', ')}`)
    return
  }
  count.differing++
  console.log(`✖ ${judgement.mesh.name}\n${printFeature(smallest, referee.name)}\n`)
}

function summary({ meshes, calls, refused, explained, skipped, unsteady, differing }: Count, seed: string): string {
  const further = [
    refused > 0 && `${refused} refused by both`,
    explained > 0 && `${explained} known differences`,
    unsteady > 0 && `${unsteady} not seen again`,
    skipped > 0 && `${skipped} not run`,
  ].filter((part) => part !== false)
  return `seed ${seed}: ${meshes} meshes, ${calls} calls, ${differing} meshes differ${further.length > 0 ? ` (${further.join(', ')})` : ''}`
}

class UsageError extends Error {}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        cases: { type: 'string', default: '40' },
        calls: { type: 'string', default: '20' },
        against: { type: 'string', default: 'istiod' },
        only: { type: 'string' },
        out: { type: 'string' },
        'no-shrink': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}

function wholeNumber(text: string, option: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new UsageError(`--${option} wants a whole number, not "${text}"`)
}

function say(text: string, code: number): number {
  if (code === 0) console.log(text)
  else console.error(text)
  return code
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.exitCode = say(`${error.message}\n\n${usage}`, 2)
}
