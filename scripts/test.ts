/**
 * `npm test`: every check of the project, all of them even if one fails.
 * Closes with what was skipped in them and a line `N passed, N failed`.
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
}

const build: Check = { name: 'build', command: ['npm', 'run', '--silent', 'build'] }
const types: Check = { name: 'types', command: ['npm', 'run', '--silent', 'types'] }
const lint: Check = { name: 'lint', command: ['npm', 'run', '--silent', 'lint'] }
const format: Check = { name: 'format', command: ['npm', 'run', '--silent', 'format:check'] }
const unitTests: Check = { name: 'unit tests', command: [bin('vitest'), 'run'] }
const features: Check = { name: 'features on core', command: [node, 'dist/cli/main.js', 'run'] }
const byCucumber: Check = { name: 'features by cucumber-js', command: [bin('cucumber-js'), 'features/traffic-management', '--format', 'summary'] }
const vectors: Check = { name: 'vectors', command: ['npm', 'run', '--silent', 'vectors'] }

/**
 * One stage after the other; the lanes of a stage run beside each other, since each of their checks takes one processor. Checks of one lane may write the same
 * files. Nothing runs beside the unit tests, some of which look at the clock.
 */
const stages: readonly (readonly (readonly Check[])[])[] = [
  [[build]],
  [
    [types, lint, format],
    [features, byCucumber, vectors],
  ],
  [[unitTests]],
]

interface Performed {
  readonly check: Check
  readonly passed: boolean
}

/** @param alone its output goes to the terminal as it comes; else it is shown whole when the check has ended */
async function perform(check: Check, alone: boolean): Promise<Performed> {
  const title = `\n── ${check.name} ──`
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
  return { check, passed: status === 0 }
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

const performed = await performAll()
const failed = performed.filter(({ passed }) => !passed)

console.log('')
for (const { check } of failed) console.log(`failed  ${check.name}`)
const envoy = spawnSync(node, ['dist/cli/main.js', 'envoy', 'which'], { cwd: root, stdio: 'ignore' }).status === 0
if (!envoy) console.log('skipped among the unit tests: those on real Envoy, since there is none (npx meshspec doctor says how to get one)')
if (!existsSync(join(root, '..', 'shared', 'upstream')))
  console.log('skipped among the vectors: all but our own, since ../shared/upstream is not here')
const noLab = missingLab()
console.log(noLab === null ? 'apart: the tests on a real mesh (npm run test:cluster)' : `skipped the tests on a real mesh: ${noLab}`)
console.log(`${performed.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length > 0 ? 1 : 0
