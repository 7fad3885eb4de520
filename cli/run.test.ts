import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../support/package.ts'
import { callingFolder, holding, services } from './meshspec.fixture.ts'

const { folder, meshspec, feature } = callingFolder()

/** One that holds, and says something before it. */
function described(name: string, ...lines: readonly string[]): string {
  const scenario = readFileSync(join(folder, holds), 'utf8').replace('Feature: F\n', '')
  writeFileSync(join(folder, name), `Feature: F\n\n${lines.map((line) => `  ${line}\n`).join('')}\n${scenario}`)
  return name
}

const holds = feature('holds.feature', ...holding)
const fails = feature('fails.feature', ...services, 'When a sends "GET http://b/"', 'Then the response status is 418')
const typo = feature('typo.feature', ...services, 'When a sends "GET http://b/"', 'Then the requst reaches b')
const syntax = feature('syntax.feature', 'Given x', '  | a | b |', '  | c |')
const config = 'cucumber.of-the-project.mjs'
writeFileSync(join(folder, config), 'export default {}\n')
const empty = feature('empty.feature')
const swallowed = feature('swallowed.feature', 'Gven b answers 503', ...services, 'When a sends "GET http://b/"', 'Then the response status is 200')
const german = 'german.feature'
writeFileSync(
  join(folder, german),
  ['# language: de', 'Funktion: F', '  Szenario: S', '    Angenomen b answers 503', '    Wenn 1s pass', ''].join('\n'),
)
const untitled = described('untitled.feature', 'Scenaro: none', '  When a sends "GET http://b/"', '  Then the response status is 418')
const prose = described('prose.feature', 'When in doubt, b answers 503.', 'Given enough time, a sends "GET http://b/", and b answers.')

const returns = 'returns.feature'
writeFileSync(join(folder, returns), readFileSync(join(folder, fails), 'utf8').replaceAll('\n', '\r'))

/** An outline, and beside it a scenario that holds. */
function outlined(name: string, ...examples: readonly string[]): string {
  const steps = [...services, 'When a sends "GET http://b/<path>"', 'Then the request reaches b']
  const outline = ['@outlined', 'Scenario Outline: O', ...steps.map((step) => `  ${step}`), ...examples]
  return described(name, ...outline)
}
const rowless = outlined('rowless.feature', 'Examples:', '  | path |')
const tableless = outlined('tableless.feature', 'Examples:', '  | path |', '  | x |', 'Examples: more')
const unexampled = outlined('unexampled.feature')

test('what every run takes comes before what clusters take', () => {
  const { stdout } = meshspec(['run', '--help'])
  const order = ['Options:', '--target <targets>', '--fail-fast', 'Options of --target cluster:', '--kubeconfig <file>']
  expect(order.map((one) => stdout.indexOf(one))).toEqual(order.map((one) => stdout.indexOf(one)).toSorted((a, b) => a - b))
  expect(order.filter((one) => !stdout.includes(one))).toEqual([])
})

test('reports tell of a feature that cannot be read', () => {
  const { status } = meshspec(['run', syntax, ...['json', 'junit', 'html'].flatMap((name) => ['--format', `${name}:unread/report.${name}`])])
  const report = (name: string): string => readFileSync(join(folder, 'unread', `report.${name}`), 'utf8')
  expect(status).toBe(2)
  expect(JSON.parse(report('json'))).toMatchObject({ scenarios: [], parseErrors: [{ uri: syntax }] })
  expect(report('junit')).toContain('inconsistent cell count')
  expect(report('html')).toContain('inconsistent cell count')
})

describe('exit codes', () => {
  const cases: { name: string; args: string[]; status: number; says: string }[] = [
    { name: 'held', args: [holds], status: 0, says: '1 scenario: 1 passed' },
    { name: 'a scenario failed', args: [fails], status: 1, says: '418' },
    {
      name: 'a typo in a sentence',
      args: [typo],
      status: 2,
      says: 'did you mean: the request reaches {service}\n          {service}: reviews or reviews:v2, without quotes',
    },
    { name: 'a feature that is no Gherkin', args: [syntax], status: 2, says: 'syntax.feature' },
    { name: 'a scenario without steps', args: [empty], status: 2, says: 'the scenario has no steps' },
    {
      name: 'a step that is taken for a description',
      args: [swallowed],
      status: 2,
      says: 'Gven b answers 503\n      line 3 is read as a description',
    },
    { name: 'one in German', args: [german], status: 2, says: 'Angenommen, Wenn, Dann, Und, Aber or *, under Szenario:' },
    { name: 'a scenario that is', args: [untitled], status: 2, says: 'line 4 is read as a description' },
    { name: 'a description that is one', args: [prose], status: 0, says: '1 scenario: 1 passed' },
    { name: 'examples without rows', args: [rowless], status: 2, says: 'rowless.feature:11:3 NO_EXAMPLES' },
    { name: 'examples without a table, beside others', args: [tableless], status: 2, says: '3 scenarios: 2 passed, 1 invalid' },
    { name: 'an outline without examples', args: [unexampled], status: 2, says: 'unexampled.feature:4:3 NO_EXAMPLES' },
    { name: 'examples without rows that --tags leave out', args: [rowless, '--tags', 'not @outlined'], status: 0, says: '1 scenario: 1 passed' },
    { name: 'examples without rows alone', args: [`${rowless}:4`], status: 2, says: '1 scenario: 1 invalid' },
    { name: 'examples without rows in the first shard', args: [rowless, '--shard', '0/2'], status: 2, says: '2 scenarios: 1 passed, 1 invalid' },
    { name: 'examples without rows in another shard', args: [rowless, '--shard', '1/2'], status: 0, says: 'nothing was run' },
    { name: 'lines that end in carriage returns', args: [holds, returns], status: 2, says: 'returns.feature:1:11 LINE_END' },
    { name: 'no such file', args: ['nowhere.feature'], status: 2, says: 'FILE_NOT_FOUND' },
    {
      name: 'no such folder of config',
      args: [holds, '--config', 'nowhere'],
      status: 2,
      says: 'FILE_NOT_FOUND there is no folder "nowhere" of config',
    },
    { name: 'an option that is wrong', args: [holds, '--gateway', 'nonsense'], status: 2, says: '--gateway is "nonsense"' },
    { name: 'another one', args: [holds, '--assume-config', '--rate', 'fast'], status: 2, says: '--rate is "fast"' },
    { name: 'no such target', args: [holds, '--target', 'moon'], status: 2, says: 'UNKNOWN_TARGET' },
    { name: 'no such module', args: [holds, '--target', './moon.ts'], status: 2, says: 'UNKNOWN_TARGET' },
    { name: 'no scenario fits', args: [holds, '--tags', '@none'], status: 2, says: 'no scenario fits --tags "@none"' },
    {
      name: 'a bad tag expression',
      args: [holds, '--tags', '@a and and'],
      status: 2,
      says: 'INVALID_SETTING the tag expression "@a and and" could not be parsed',
    },
    { name: 'a bad name', args: [holds, '--name', 'x('], status: 2, says: 'INVALID_SETTING --name is no regular expression' },
    { name: 'no such format', args: [holds, '--format', 'pdf'], status: 2, says: 'INVALID_SETTING there is no format "pdf"' },
    {
      name: 'no such profile',
      args: [holds, '--profile', 'night'],
      status: 2,
      says: 'there is no cucumber config here that could have the profile "night"',
    },
    {
      name: 'a profile that the config has not',
      args: [holds, '--cucumber-config', config, '--profile', 'night'],
      status: 2,
      says: 'has no profile "night"',
    },
    { name: 'a line without a scenario', args: [`${holds}:999`], status: 2, says: `no scenario begins at ${holds}:999` },
    { name: 'the same beside others', args: [fails, `${holds}:999`], status: 2, says: `nothing of ${holds}:999 was run` },
    { name: 'sentences that are read', args: [holds, fails, '--dry-run'], status: 0, says: '2 scenarios: each sentence is one of the vocabulary' },
    { name: 'one that is not', args: [holds, typo, '--dry-run'], status: 2, says: 'did you mean: the request reaches {service}' },
    { name: 'a bad seed', args: [holds, '--seed', 'x'], status: 2, says: '--seed is "x"' },
    { name: 'a seed that no number holds', args: [holds, '--seed', '9'.repeat(20)], status: 2, says: 'of at most 15 digits' },
    { name: 'no such cucumber config', args: [holds, '--cucumber-config', 'no.mjs'], status: 2, says: 'FILE_NOT_FOUND there is no cucumber config' },
    { name: 'a bad option', args: [holds, '--sede', '1'], status: 2, says: '--seed' },
    { name: 'a bad setting', args: [holds, '--gateway', 'foo'], status: 2, says: 'INVALID_SETTING' },
  ]
  for (const { name, args, status, says } of cases)
    test(name, () => {
      const seen = meshspec(['run', ...args])
      expect(seen.stdout + seen.stderr).toContain(says)
      expect(seen.status).toBe(status)
    })
})

test('a regular expression that is wrong in steps of the project is no wrong option', () => {
  writeFileSync(join(folder, 'steps.mjs'), 'new RegExp("x(")\n')
  writeFileSync(join(folder, 'cucumber.steps.mjs'), 'export default { import: ["steps.mjs"] }\n')
  const { status, stderr } = meshspec(['run', holds, '--cucumber-config', 'cucumber.steps.mjs'])
  expect(stderr).toContain('Invalid regular expression: /x(/')
  expect(stderr).not.toContain('--name')
  expect(status).not.toBe(0)
})

test('the same seed gives the same messages, byte for byte', () => {
  const bytes = (file: string): string => {
    expect(meshspec(['run', fails, '--seed', '5', '--format', `messages:${file}`]).status).toBe(1)
    return readFileSync(join(folder, file), 'utf8')
  }
  expect(bytes('one.ndjson')).toBe(bytes('two.ndjson'))
})

test("a user's own target runs, and what it cannot show is not supported", () => {
  const seen = meshspec(
    ['run', 'docs/example-target.feature', '--target', './docs/example-target.ts', '--format', `json:${join(folder, 'own.json')}`],
    packageRoot,
  )
  expect(seen.stdout).toContain('2 scenarios: 1 passed, 1 not supported')
  expect(seen.stdout).toContain('the example has one service, and it is there')
  expect(seen.status).toBe(0)
})
