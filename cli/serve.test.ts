import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../support/package.ts'

/** The built command (npm run build), as a person starts it. */
const meshspec = join(packageRoot, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'meshspec-serve-'))

let serving: ChildProcessWithoutNullStreams
let said = ''
beforeAll(async () => {
  serving = spawn(process.execPath, [meshspec, 'serve', 'samples/bookinfo', '--port', '0', '--admin', '0'], { cwd: folder })
  while (!said.includes('Ctrl-C ends')) said += String((await once(serving.stdout, 'data'))[0])
})
afterAll(() => {
  serving.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

test('features run against what is served, as against a cluster', async () => {
  const [, gateway] = /gateway +(http:\S+)\/productpage/.exec(said)!
  const [, admin] = /admin +(http:\S+)/.exec(said)!
  const command = (method: string): string => `curl -sS --fail-with-body -X ${method} --data-binary @{file} ${admin}`
  const report = join(folder, 'report.json')
  const options = ['--target', 'cluster', '--gateway', gateway!, '--apply-command', command('PUT'), '--delete-command', command('DELETE')]
  const run = spawn(
    process.execPath,
    [meshspec, 'run', 'features/traffic-management/request-routing.feature', ...options, '--format', `json:${report}`],
    {
      cwd: packageRoot,
    },
  )
  expect((await once(run, 'close'))[0]).toBe(0)
  const { counts, scenarios } = JSON.parse(readFileSync(report, 'utf8')) as {
    counts: Record<string, number>
    scenarios: { name: string; verdict: string }[]
  }
  expect(counts['failed']).toBe(0)
  expect(scenarios).toContainEqual(
    expect.objectContaining({ name: 'Only jason sees the stars (virtual-service-reviews-test-v2.yaml)', verdict: 'passed' }),
  )
  // A call from inside the mesh is more than a gateway can show.
  expect(counts['not-supported']).toBeGreaterThan(0)
}, 60_000)

test('an interrupt ends it well', async () => {
  serving.kill('SIGINT')
  expect((await once(serving, 'exit'))[0]).toBe(0)
})

test.each([
  [['serve', 'nowhere'], 'FILE_NOT_FOUND'],
  [['serve', 'samples/bookinfo', '--port', '99999'], 'ports go from 0 to 65535'],
  [['run', '--target', 'cluster'], '--gateway http://HOST:PORT'],
  [['run', '--target', 'cluster', '--gateway', 'http://127.0.0.1:1'], 'TARGET_UNREACHABLE'],
])('%j is wrong input', (args, says) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [meshspec, ...args], { cwd: packageRoot, encoding: 'utf8' })
  expect(stdout + stderr).toContain(says)
  expect(status).toBe(2)
})
