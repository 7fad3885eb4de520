/**
 * `npm test`: every check of the project, one after the other, all of them even if one fails.
 * Closes with what was skipped and a line `N passed, N failed, N skipped`.
 */
import { spawnSync } from 'node:child_process'
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

const checks: readonly Check[] = [
  { name: 'build', command: [bin('tsc'), '-p', 'tsconfig.build.json'], missing: null },
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'], missing: null },
  { name: 'lint', command: [bin('eslint'), '.'], missing: null },
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'], missing: null },
  { name: 'unit tests', command: [bin('vitest'), 'run'], missing: null },
  { name: 'features on core', command: [node, 'dist/cli/main.js', 'run'], missing: null },
  { name: 'features by cucumber-js', command: [bin('cucumber-js'), '--format', 'summary'], missing: null },
  {
    name: 'vectors',
    command: ['npm', 'run', '--silent', 'vectors'],
    missing: existsSync(join(shared, 'upstream')) ? null : 'the vectors (../shared/upstream) are not here',
  },
]

type Outcome = 'passed' | 'failed' | 'skipped'

function perform({ name, command, missing }: Check): Outcome {
  console.log(`\n── ${name} ──`)
  if (missing !== null) {
    console.log(`skipped: ${missing}`)
    return 'skipped'
  }
  const [program = '', ...rest] = command
  const { status } = spawnSync(program, rest, { cwd: root, stdio: 'inherit' })
  return status === 0 ? 'passed' : 'failed'
}

const outcomes = checks.map((check) => ({ check, outcome: perform(check) }))
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
