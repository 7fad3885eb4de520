import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ConformanceReport } from '../reports/conformance/report.ts'
import { CommandFolder } from './built-command.fixture.ts'
import { reproduceText } from './conformance/conformance-reproduce.ts'

const folder = new CommandFolder()
afterAll(() => folder.remove())

const feature = (answer: string): string => `@profile:ISTIO-TRAFFIC @istio:request-routing
Feature: F
  Background:
    Given the services:
      | service | versions |
      | a       | v1       |
      | b       | v1, v2   |
  Scenario: reaches
    When a sends "GET http://b/"
    Then the request reaches b
  Scenario: answers
    When a sends "GET http://b/"
    Then the response status is ${answer}
  @profile:ISTIO-SECURITY
  Scenario: shows metrics
    When a sends "GET http://b/"
    Then the query "up" gives no data
  Scenario: reaches again
    When a sends "GET http://b/"
    Then the request reaches b
`
folder.write('good.feature', feature('200'))
folder.write('bad.feature', feature('418'))
folder.write('featureless.feature', feature('200').replace('@istio:request-routing', ''))
folder.write('untagged.feature', feature('200').replaceAll(/@\S+/g, ''))

const read = (path: string): string => readFileSync(join(folder.path, path), 'utf8')
const reportIn = (out: string): ConformanceReport => JSON.parse(read(`${out}/conformance.json`)) as ConformanceReport
const conformance = (...args: string[]) => folder.run(['conformance', ...args])

test('what a target cannot show is no failure, and every file says the same', async () => {
  const { status, output } = await conformance('good.feature', '--out', 'one')
  expect(output).toContain('ISTIO-TRAFFIC        Core tests partially succeeded: 3 of 4 passed, 1 not supported.')
  expect(status).toBe(0)
  expect(parse(read('one/conformance.yaml'))).toEqual(reportIn('one'))
  expect(reportIn('one').meshspec).toMatchObject({
    target: 'core',
    reproduce: 'npx meshspec conformance good.feature --out one',
    seed: 1,
    shard: null,
  })
  expect(read('one/conformance.md')).toContain('shows metrics')
  expect(read('one/conformance.html')).toContain('shows metrics')
})

test('a test that fails is told by the exit code, and by the difference to the report before', async () => {
  expect((await conformance('good.feature', '--out', 'before')).status).toBe(0)
  expect((await conformance('bad.feature', '--out', 'after')).status).toBe(1)
  const worse = await folder.run(['report', 'diff', 'before/conformance.yaml', 'after/conformance.json'])
  expect(worse.output).toContain('F / answers: passed → failed')
  expect(worse.output).toContain('1 changed, 3 as before')
  expect(worse.status).toBe(1)
  expect(await folder.run(['report', 'diff', 'after/conformance.yaml', 'before/conformance.yaml'])).toMatchObject({ status: 0 })
})

test('shards, put together, are the whole run', async () => {
  for (const index of [0, 1, 2]) expect((await conformance('good.feature', '--shard', `${index}/3`, '--out', `part${index}`)).status).toBe(0)
  const parts = [0, 1, 2].map((index) => `part${index}/conformance.json`)
  const missing = await folder.run(['report', 'merge', ...parts.slice(1), '--out', 'merged'])
  expect(missing).toMatchObject({ status: 2, output: expect.stringContaining('REPORTS_DO_NOT_FIT') as string })
  expect((await folder.run(['report', 'merge', ...parts, '--out', 'merged'])).status).toBe(0)
  expect((await conformance('good.feature', '--out', 'whole')).status).toBe(0)
  const plain = ({ tests, profiles }: ConformanceReport) => ({ profiles, tests: tests.map((one) => ({ ...one, durationMs: 0 })) })
  expect(plain(reportIn('merged'))).toEqual(plain(reportIn('whole')))
})

test('shards of scenarios that count for nothing say so, and so does what would put them together', async () => {
  const shards = await Promise.all([0, 1].map((index) => conformance('untagged.feature', '--shard', `${index}/2`, '--out', `none${index}`)))
  expect(shards[0]!.output).toContain('2 scenarios count for no profile: tag each, or its feature')
  const merged = await folder.run(['report', 'merge', 'none0/conformance.yaml', 'none1/conformance.yaml', '--out', 'none'])
  expect(merged.output).toContain('of the scenarios that were run (4) none counts for a profile')
  expect(merged.status).toBe(2)
})

test('several targets stand beside each other', async () => {
  folder.write(
    'dead.mjs',
    "export default { name: 'dead', clock: 'virtual', capabilities: new Set(), close: async () => {}, open: async () => { throw new Error('no mesh') } }",
  )
  const { status } = await conformance('good.feature', '--target', 'core,./dead.mjs', '--out', 'two')
  expect(status).toBe(1)
  const list = JSON.parse(read('two/conformance.json')) as { kind: string; items: ConformanceReport[] }
  expect(list.kind).toBe('ConformanceReportList')
  expect(list.items.map(({ meshspec }) => meshspec.target)).toEqual(['core', 'dead'])
  expect(read('two/conformance.md')).toContain('0 of 4, 4 failed')
})

test.each([
  ['features that count for nothing', ['conformance', 'untagged.feature'], 'no scenario has a tag @profile:NAME'],
  ['a profile that nothing counts for', ['conformance', 'good.feature', '--profile', 'MOON'], '@profile:MOON'],
  ['scenarios of a profile that count for no feature', ['conformance', 'featureless.feature'], 'no scenario says for which feature it counts'],
  ['a folder of config that is not there', ['conformance', 'good.feature', '--config', 'nowhere'], 'FILE_NOT_FOUND there is no folder "nowhere"'],
  ['a report that is none', ['report', 'diff', 'good.feature', 'good.feature'], 'REPORT_UNREADABLE'],
  ['a report that is not there', ['report', 'merge', 'nowhere.yaml'], 'REPORT_UNREADABLE there is no file nowhere.yaml'],
])('%s: refused', async (_, args, says) => {
  const { status, output } = await folder.run(args)
  expect(output).toContain(says)
  expect(status).toBe(2)
})

test('a place for metrics that is none is told before anything runs', async () => {
  const { status, output } = await folder.run(['conformance', 'good.feature', '--otlp', 'x'])
  expect(output).toBe('INVALID_SETTING --otlp is "x"\n  hint: write a URL such as "http://127.0.0.1:4318"\n')
  expect(status).toBe(2)
})

test('the command to reproduce can be typed, and has no password in it', () => {
  const args = ['conformance', '--gateway', 'http://me:secret@host:80', '--apply-command', "kubectl apply -f '{file}'"]
  expect(reproduceText(args, { MESHSPEC_TARGET: 'cluster', HOME: '/root', MESHSPEC_ALPHA: '' })).toBe(
    String.raw`MESHSPEC_TARGET=cluster npx meshspec conformance --gateway 'http://…@host:80' --apply-command 'kubectl apply -f '\''{file}'\'''`,
  )
})
