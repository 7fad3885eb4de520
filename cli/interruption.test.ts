import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { envoyForTests } from '../support/targets/envoy/envoy-for-tests.ts'
import { CommandFolder } from './built-command.fixture.ts'

/** ms; whole processes are started here, perhaps on a busy machine. */
vi.setConfig({ testTimeout: 60_000 })

const envoy = await envoyForTests()

const background = '  Background:\n    Given the services:\n      | service |\n      | a       |\n      | b       |\n'
const asks = '    When a sends "GET http://b/"\n    Then the response status is 200\n'
const feature = `Feature: F
${background}
  Scenario: quick
${asks}
  Scenario: waits
    Given b takes 30s to answer
${asks}
  Scenario: later
${asks}`

interface Report {
  readonly scenarios: readonly { readonly name: string; readonly verdict: string; readonly reasons: readonly string[] }[]
}

describe.skipIf(envoy === null)('the end of a run on Envoy', () => {
  let folder: CommandFolder
  let env: Record<string, string>
  const folders: CommandFolder[] = []
  beforeEach(() => {
    folders.push((folder = new CommandFolder()))
    folder.write('f.feature', feature)
    env = { ENVOY_PATH: folder.countedEnvoy(envoy!) }
  })
  afterAll(() => folders.forEach((one) => one.remove()))

  const isGone = async (): Promise<void> => {
    for (let i = 0; i < 100 && folder.envoys().running.length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(folder.envoys().running).toEqual([])
    expect(folder.envoys().started).not.toEqual([])
  }

  test.each([
    ['a success', ['--name', 'quick'], 0],
    ['a failure', ['fails.feature'], 1],
  ] as const)('after %s no Envoy is left', async (_, args, status) => {
    folder.write(
      'fails.feature',
      feature.replace('Scenario: waits\n    Given b takes 30s to answer', 'Scenario: fails').replaceAll('is 200', 'is 418'),
    )
    const paths = args[0] === '--name' ? ['f.feature', ...args] : args
    const ended = await folder.run(['run', ...paths, '--target', 'envoy'], env)
    expect(ended.output).toContain(status === 0 ? '1 passed' : '3 failed')
    expect(ended.status).toBe(status)
    await isGone()
  })

  test.each([
    ['SIGINT', 130, '0'],
    ['SIGTERM', 143, '0'],
    ['SIGINT', 130, '2'],
    ['SIGTERM', 143, '2'],
  ] as const)('%s ends it with exit code %i and a report of what was done (--parallel %s)', async (signal, status, parallel) => {
    const run = folder.start(['run', 'f.feature', '--target', 'envoy', '--parallel', parallel, '--format', 'json:report.json'], env)
    await run.says('✔ quick')
    const start = performance.now()
    run.process.kill(signal)
    const { status: seen, output } = await run.ended
    expect(performance.now() - start).toBeLessThan(15_000)
    expect(output).toContain(`Not run to their end:\n  interrupted by ${signal}\n    f.feature:12 waits`)
    expect(seen).toBe(status)
    const { scenarios } = JSON.parse(readFileSync(join(folder.path, 'report.json'), 'utf8')) as Report
    expect(scenarios[0]).toMatchObject({ name: 'quick', verdict: 'passed' })
    expect(scenarios[1]).toMatchObject({ name: 'waits', verdict: 'interrupted', reasons: [`interrupted by ${signal}`] })
    await isGone()
  })

  test('so does the end of its time', async () => {
    const ended = ['0', '2'].map(async (parallel) => {
      const limited = ['--time-limit', '12s', '--parallel', parallel, '--format', `json:report-${parallel}.json`]
      const { status, output } = await folder.run(['run', 'f.feature', '--target', 'envoy', ...limited], env)
      expect(output).toContain('Not run to their end:')
      expect(status).toBe(1)
      const { scenarios } = JSON.parse(readFileSync(join(folder.path, `report-${parallel}.json`), 'utf8')) as Report
      expect(scenarios.map(({ name }) => name)).toEqual(['quick', 'waits', 'later'])
      expect(scenarios[1]!.verdict).toBe('interrupted')
    })
    await Promise.all(ended)
    await isGone()
  })

  test.each(['0', '2'])('one that is killed leaves nothing behind (--parallel %s)', async (parallel) => {
    const run = folder.start(['run', 'f.feature', '--target', 'envoy', '--parallel', parallel], env)
    await run.says('✔ quick')
    run.process.kill('SIGKILL')
    await run.ended
    await isGone()
  })

  test('a comparison that is interrupted tells what it has', async () => {
    const run = folder.start(['run', 'f.feature', '--target', 'core,envoy', '--parallel', '0'], env)
    await run.says('core: ')
    while (folder.envoys().running.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    run.process.kill('SIGINT')
    const { status, output } = await run.ended
    expect(output).toContain('holds on core, was interrupted on envoy')
    expect(status).toBe(130)
    await isGone()
  })

  test('runs at the same time do not disturb each other', async () => {
    const args = ['run', 'f.feature', '--name', 'quick|later', '--target', 'envoy', '--parallel', '0']
    const ended = await Promise.all([1, 2, 3].map(() => folder.run([...args, '--format', 'terminal'], env)))
    for (const { status, output } of ended) {
      expect(output).toContain('2 scenarios: 2 passed')
      expect(status).toBe(0)
    }
    await isGone()
  })

  test('a scenario whose process is killed is not left out', async () => {
    const killer = folder.script('kill-worker', `kill -9 $(ps -o ppid= -p $(ps -o ppid= -p $(cat ${folder.path}/pid)))`)
    folder.script('pid-envoy', `echo $$ > ${folder.path}/pid\nexec ${env['ENVOY_PATH']} "$@"`)
    const run = folder.start(['run', 'f.feature', '--name', 'waits', '--target', 'envoy', '--parallel', '1'], {
      ENVOY_PATH: join(folder.path, 'pid-envoy'),
    })
    while (!(run.process.exitCode ?? false) && folder.envoys().running.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await new Promise((resolve) => setTimeout(resolve, 500))
    execFileSync(killer)
    const { status, output } = await run.ended
    expect(output).toContain('the process that was to run it has ended')
    expect(status).toBe(1)
    await isGone()
  })
})
