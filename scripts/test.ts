/**
 * `npm test`: every check of the project, all of them even if one fails.
 * Closes with what was skipped and a line `N passed, N failed, N skipped`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { missingLab } from './the-lab.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)
const node = process.execPath

interface Check {
  readonly name: string
  readonly command: readonly string[]
  /** Why it cannot run here; `null` when it can. */
  readonly missing: string | null
}

const shared = join(root, '..', 'shared')

const build: Check = { name: 'build', command: [bin('tsc'), '-p', 'tsconfig.build.json'], missing: null }
const types: Check = { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'], missing: null }
const lint: Check = { name: 'lint', command: [bin('eslint'), '.'], missing: null }
const format: Check = { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'], missing: null }
const unitTests: Check = { name: 'unit tests', command: [bin('vitest'), 'run'], missing: null }
const features: Check = { name: 'features on core', command: [node, 'dist/cli/main.js', 'run'], missing: null }
const byCucumber: Check = { name: 'features by cucumber-js', command: [bin('cucumber-js'), '--format', 'summary'], missing: null }
const vectors: Check = {
  name: 'vectors',
  command: ['npm', 'run', '--silent', 'vectors'],
  missing: existsSync(join(shared, 'upstream')) ? null : 'the vectors (../shared/upstream) are not here',
}

/**
 * One stage after the other; the lanes of a stage run beside each other, since each of their checks takes one processor. Checks of one lane may write the same
 * files. Nothing runs beside the unit tests, some of which look at the clock.
 */
const stages: readonly (readonly (readonly Check[])[])[] = [
  [[build]],
  [
    [types, lint],
    [format, features, byCucumber, vectors],
  ],
  [[unitTests]],
]

type Outcome = 'passed' | 'failed' | 'skipped'

interface Performed {
  readonly check: Check
  readonly outcome: Outcome
}

/** @param alone its output goes to the terminal as it comes; else it is shown whole when the check has ended */
async function perform(check: Check, alone: boolean): Promise<Performed> {
  const title = `\n── ${check.name} ──`
  if (check.missing !== null) {
    console.log(`${title}\nskipped: ${check.missing}`)
    return { check, outcome: 'skipped' }
  }
  if (alone) console.log(title)
  const [program = '', ...rest] = check.command
  const child = spawn(program, rest, { cwd: root, stdio: alone ? 'inherit' : ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => void output.push(bytes))
  const status = await new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`))
      resolve(null)
    })
    child.on('close', resolve)
  })
  if (!alone) process.stdout.write(`${title}\n${Buffer.concat(output).toString()}`)
  return { check, outcome: status === 0 ? 'passed' : 'failed' }
}

async function performAll(): Promise<readonly Performed[]> {
  const all: Performed[] = []
  for (const lanes of stages)
    await Promise.all(
      lanes.map(async (lane) => {
        for (const check of lane) all.push(await perform(check, lanes.length === 1))
      }),
    )
  return all
}

const outcomes = await performAll()
const of = (wanted: Outcome): readonly Check[] => outcomes.filter(({ outcome }) => outcome === wanted).map(({ check }) => check)

console.log('')
for (const { name, missing } of of('skipped')) console.log(`skipped ${name}: ${missing}`)
for (const { name } of of('failed')) console.log(`failed  ${name}`)
const envoy = spawnSync(node, ['dist/cli/main.js', 'envoy', 'which'], { cwd: root, stdio: 'ignore' }).status === 0
if (!envoy) console.log('skipped among the unit tests: those on real Envoy, since there is none (npx meshspec doctor says how to get one)')
const noLab = missingLab()
console.log(noLab === null ? 'apart: the tests on a real mesh (npm run test:cluster)' : `skipped the tests on a real mesh: ${noLab}`)
const skipped = of('skipped').length
console.log(`${of('passed').length} passed, ${of('failed').length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = of('failed').length > 0 ? 1 : 0
