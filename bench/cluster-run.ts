import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SequentialShareTest } from '../support/checks/statistics/sequential-test.ts'
import { SeededRandom } from '../mesh-core/time/seeded-random.ts'
import { defaultSettings } from '../support/settings.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { runProcess } from './process.ts'

const port = 18_099
const requests = 10_000
const decisions = 20

const config = [
  'platform/kube/bookinfo.yaml',
  'networking/bookinfo-gateway.yaml',
  'networking/destination-rule-all.yaml',
  'networking/virtual-service-reviews-50-v3.yaml',
]

const feature = `Feature: a live mesh
  Scenario: many requests
    When a client sends "GET /productpage" ${requests} times, 50 at once
    Then the response status is 200

  Scenario Outline: half and half, <n>
    When a client sends "GET /productpage" 20000 times, 50 at once
    Then about 50% of the requests reach reviews:v1
    Examples:
      | n |
${Array.from({ length: decisions }, (_, n) => `      | ${n} |\n`).join('')}`

/** What a run against a live mesh takes: of the machine that it runs on, and of the mesh. */
export const clusterRun: Benchmark = {
  name: 'cluster-run',
  about: `meshspec run --target cluster against meshspec serve: memory at ${requests} requests, and requests for a decision of 50/50`,
  async run(): Promise<readonly Figure[]> {
    const folder = mkdtempSync(join(tmpdir(), 'meshspec-bench-'))
    const mesh = await serve()
    try {
      const file = join(folder, 'live.feature')
      writeFileSync(file, feature)
      const many = await runOn(file, folder, 'many requests')
      const shares = await runOn(file, folder, 'half and half')
      const sent = shares.tests.reduce((sum, test) => sum + test.requests, 0) / shares.tests.length
      return [
        { what: `peak memory at ${requests} requests`, value: many.peakMiB, unit: 'MiB', goal: { atMost: 300 } },
        { what: 'requests for a decision of 50/50', value: sent, unit: '' },
        { what: 'requests ÷ expectation of the sequential test', value: sent / expectation(), unit: '×', goal: { atMost: 1.2 } },
      ]
    } finally {
      mesh.kill()
      rmSync(folder, { recursive: true })
    }
  },
}

interface Test {
  readonly requests: number
}

async function runOn(file: string, folder: string, name: string): Promise<{ readonly peakMiB: number; readonly tests: readonly Test[] }> {
  const report = join(folder, 'report.json')
  const gateway = `http://127.0.0.1:${port}`
  const args = [
    'dist/cli/main.js',
    'run',
    file,
    '--name',
    name,
    '--target',
    'cluster',
    '--gateway',
    gateway,
    '--assume-config',
    '--format',
    `json:${report}`,
  ]
  const { peakMiB, exitCode, output } = await runProcess(process.execPath, args)
  if (exitCode !== 0) throw new Error(`the run ended with ${exitCode}:\n${output.slice(-2000)}`)
  const { scenarios } = JSON.parse(readFileSync(report, 'utf8')) as {
    readonly scenarios: readonly { readonly record: { readonly tests: readonly Test[] } }[]
  }
  return { peakMiB, tests: scenarios.flatMap(({ record }) => record.tests) }
}

async function serve(): Promise<ChildProcess> {
  const files = config.map((file) => join('samples/bookinfo', file))
  const child = spawn(process.execPath, ['dist/cli/main.js', 'serve', ...files, '--port', String(port)], { stdio: 'ignore' })
  for (let i = 0; i < 300; i++) {
    const isThere = await fetch(`http://127.0.0.1:${port}/productpage`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isThere) return child
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  child.kill()
  throw new Error('meshspec serve does not answer')
}

/** Requests that the test takes of a right share when it looks after each of them: the least that these error rates can cost. Source: A. Wald (1945). */
function expectation(): number {
  const random = new SeededRandom(1)
  const runs = 2000
  let sum = 0
  for (let i = 0; i < runs; i++) {
    const test = new SequentialShareTest(0.5, defaultSettings)
    while (test.verdict === 'open') test.take(random.next() < 0.5 ? 1 : 0, 1)
    sum += test.requests
  }
  return sum / runs
}
