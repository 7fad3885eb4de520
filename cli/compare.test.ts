import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { CommandFolder } from './built-command.fixture.ts'
import { packageRoot } from '../support/package.ts'

/** ms; whole processes are started here, perhaps on a busy machine. */
vi.setConfig({ testTimeout: 60_000 })

const folder = new CommandFolder()
afterAll(() => folder.remove())

/** mesh-core that tells no pods, and of scenarios with the tag @wrong a status that nobody has sent. */
folder.write(
  'wrong.mjs',
  `import core from '${pathToFileURL(join(packageRoot, 'dist/support/targets/core/target.js')).href}'
const wrong = async (sending) => {
  const exchange = await sending
  return { ...exchange, response: { ...exchange.response, status: 503 } }
}
export default (settings) => {
  const target = core(settings)
  const capabilities = new Set([...target.capabilities].filter((one) => one !== 'pods'))
  const open = async (scenario) => {
    const session = await target.open(scenario)
    if (scenario.tags.includes('@wrong')) {
      const send = session.send.bind(session)
      session.send = (call) => wrong(send(call))
    }
    return session
  }
  return { name: 'wrong', clock: 'virtual', capabilities, open, close: () => target.close() }
}
`,
)
const scenario = (name: string, ...then: readonly string[]): string =>
  `  Scenario: ${name}\n    When a sends "GET http://b/"\n${then.map((one) => `    Then ${one}\n`).join('')}`
folder.write(
  'f.feature',
  [
    'Feature: F\n  Background:\n    Given the services:\n      | service |\n      | a       |\n      | b       |\n',
    scenario('holds', 'the response status is 200'),
    '  @wrong\n',
    scenario('differs', 'the response status is 200', 'the request reaches b'),
    '  @sick\n',
    scenario('fails', 'the response status is 418'),
  ].join(''),
)

test('what holds on all, on none, and on one of them, told apart', async () => {
  const { status, output } = await folder.run(['run', 'f.feature', '--target', 'core,./wrong.mjs'])
  expect(output).toContain('✔ ✔ holds\n  ✔ ✖ differs holds on core, fails on wrong\n  ✖ ✖ fails fails on core and wrong')
  expect(output).toContain('wrong: the answer was 503')
  expect(output).toMatch(/3 scenarios on core in .*, wrong in .*: 1 holds on both, 1 differs, 1 fails on both/)
  expect(status).toBe(1)
  const out = join(folder.path, 'reports/out')
  expect(readdirSync(out).sort()).toEqual(['junit.xml', 'messages.core.ndjson', 'messages.wrong.ndjson', 'report.html', 'report.json'])
  expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toMatchObject({ counts: { holds: 1, differs: 1, fails: 1 } })
})

test.each([
  ['all hold', ['--tags', 'not @wrong and not @sick'], 0, '1 holds on both'],
  ['one differs', ['--tags', '@wrong'], 1, '1 differs'],
  ['a module that is not there', ['--target', 'core,./nowhere.mjs'], 2, 'UNKNOWN_TARGET'],
  ['no scenario fits', ['--tags', '@none'], 2, 'no scenario fits'],
  ['an empty name', ['--target', 'core,'], 2, 'write targets with a comma between each two'],
  ['several processes', ['--parallel', '2', '--tags', 'not @wrong and not @sick'], 0, '1 holds on both'],
  ['a line of the file', ['f.feature:7'], 0, '1 holds on both'],
  ['one target, named twice', ['--target', 'core,core', '--name', 'holds'], 0, '1 scenario: 1 passed'],
  ['sentences only', ['--dry-run'], 0, '3 scenarios: each sentence is one of the vocabulary'],
] as const)('%s', async (_, args, status, says) => {
  const paths = args[0].includes('.feature') ? [] : ['f.feature']
  const ended = await folder.run(['run', '--target', 'core,./wrong.mjs', ...paths, ...args])
  expect(ended.output).toContain(says)
  expect(ended.status).toBe(status)
})

test('reports go where --format says; a formatter of cucumber shows each run', async () => {
  const { output } = await folder.run(['run', 'f.feature', '--target', 'core,./wrong.mjs', '--format', 'summary', '--format', 'junit:one/junit.xml'])
  expect(output).toContain('3 scenarios (1 failed, 2 passed)')
  expect(output).toContain('3 scenarios (2 failed, 1 passed)')
  expect(output).toContain('1 differs')
  expect(readFileSync(join(folder.path, 'one/junit.xml'), 'utf8')).toContain('type="differs"')
})
