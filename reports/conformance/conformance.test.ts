import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { describe, expect, test } from 'vitest'
import type { RunRecord, ScenarioRecord, ScenarioVerdict } from '../run-record.ts'
import { runRecord, verdictRecord } from '../run.fixture.ts'
import { buildReport } from './build.ts'
import { diffReports, diffText, isWorse } from './diff.ts'
import { conformanceHtml } from './html.ts'
import { conformanceMarkdown } from './markdown.ts'
import { matrixOf } from './matrix.ts'
import { mergeReports } from './merge.ts'
import { readReports } from './read.ts'
import type { ConformanceReport } from './report.ts'
import { placementsOf } from './tags.ts'

const facts = {
  target: 'cluster',
  date: new Date(Date.UTC(2026, 10, 28)),
  reproduce: 'npx meshspec conformance --target cluster',
  shard: null,
  profiles: null,
  fileName: (uri: string) => uri,
}

let line = 0
function scenario(name: string, verdict: ScenarioVerdict, tags: string, changes: Partial<ScenarioRecord> = {}): ScenarioRecord {
  const reasons = verdict === 'passed' ? [] : [`why ${name}`]
  return { ...runRecord.scenarios[0]!, name, verdict, tags: tags.split(' '), reasons, line: ++line, feature: 'F', ...changes }
}

const traffic = '@profile:ISTIO-TRAFFIC'
const scenarios = [
  scenario('routes', 'passed', `${traffic} @istio:request-routing`),
  scenario('routes', 'passed', `${traffic} @istio:request-routing`),
  scenario('shifts', 'undecided', `${traffic} @istio:traffic-shifting`),
  scenario('arrives', 'not-programmed', `${traffic} @istio:traffic-shifting`),
  scenario('hashes', 'passed', `${traffic} @istio:consistent-hashing @extended`),
  scenario('near', 'not-supported', `${traffic} @istio:locality @extended`),
  scenario('half', 'passed', `${traffic} @istio:mirroring @extended`),
  scenario('half too', 'not-supported', `${traffic} @istio:mirroring @extended`),
  scenario('weight', 'failed', '@istio:gateway-api @gateway-api:HTTPRouteWeight @profile:GATEWAY-HTTP'),
  scenario('nobody counts', 'failed', '@echo'),
]
const run = (those: readonly ScenarioRecord[]): RunRecord => ({ ...runRecord, scenarios: those })
const report = buildReport(run(scenarios), facts)

describe('tags', () => {
  test('say for what a scenario counts', () => {
    expect(placementsOf(['@profile:A', '@profile:B', '@istio:x', '@extended'])).toEqual([
      { profile: 'A', level: 'extended', feature: 'x' },
      { profile: 'B', level: 'extended', feature: 'x' },
    ])
    expect(placementsOf(['@istio:x', '@profile:ISTIO-TRAFFIC', '@gateway-api:T', '@profile:MESH-HTTP'])).toEqual([
      { profile: 'MESH-HTTP', level: 'core', feature: 'T' },
    ])
    expect(placementsOf(['@istio:gateway-api', '@gateway-api:T', '@profile:GATEWAY-TCP'])).toEqual([
      { profile: 'GATEWAY-TCP', level: 'core', feature: 'T' },
    ])
    expect(placementsOf(['@istio:x', '@echo'])).toEqual([])
  })

  // What speaks of meshspec itself says nothing of a mesh.
  const notOfAMesh = ['analysis/analysis.feature', 'mesh/time.feature']
  const folder = join(import.meta.dirname, '../../features')
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.feature')).sort()
  for (const file of files.filter((name) => !notOfAMesh.includes(name)))
    test(`every scenario of ${file} counts for a feature of a profile`, () => {
      const lines = readFileSync(join(folder, file), 'utf8').split('\n')
      /** Of the lines right above. */
      const tagsAbove = (index: number): string[] => {
        const above = lines.slice(0, index).reverse()
        const end = above.findIndex((one) => !one.trim().startsWith('@'))
        return above.slice(0, end < 0 ? above.length : end).flatMap((one) => one.trim().split(/\s+/))
      }
      const inherited = tagsAbove(lines.findIndex((one) => one.startsWith('Feature:')))
      const own = lines.flatMap((one, index) => (/^\s+Scenario( Outline)?:/.test(one) ? [[...inherited, ...tagsAbove(index)]] : []))
      expect(own.length).toBeGreaterThan(0)
      expect(own.filter((tags) => placementsOf(tags).length === 0)).toEqual([])
    })
})

describe('a report', () => {
  test.each([
    [['not-supported', 'not-supported'], 'Core tests showed nothing: 0 of 2 passed, 2 not supported.', 'open'],
    [['passed', 'not-supported'], 'Core tests partially succeeded: 1 of 2 passed, 1 not supported.', 'passed'],
    [['passed', 'invalid'], 'Core tests partially succeeded: 1 of 2 passed, 1 invalid.', 'failed'],
    [['invalid'], 'Core tests showed nothing: 0 of 1 passed, 1 invalid.', 'failed'],
  ] as const)('of which %s says how far it got', (verdicts, summary, mood) => {
    const own = verdicts.map((verdict, i) => scenario(`number ${i}`, verdict, `${traffic} @istio:request-routing`))
    const one = buildReport(run(own), facts)
    expect(one.profiles[0]!.summary).toBe(summary)
    expect(conformanceHtml([one])).toContain(`<body class="${mood}">`)
  })

  test('has the shape of a ConformanceReport of the Gateway API, under a group of our own', () => {
    expect(report).toMatchObject({
      apiVersion: 'meshspec.dev/v1alpha1',
      kind: 'ConformanceReport',
      date: '2026-11-28T00:00:00.000Z',
      mode: 'default',
    })
    expect(report.implementation).toMatchObject({ organization: 'meshspec', project: 'mesh-core', contact: [] })
    expect(report.profiles.map(({ name }) => name)).toEqual(['ISTIO-TRAFFIC', 'GATEWAY-HTTP'])
    expect(report.profiles[0]).toEqual({
      name: 'ISTIO-TRAFFIC',
      summary:
        'Core tests partially succeeded: 2 of 4 passed, 1 not yet programmed, 1 undecided. Extended tests partially succeeded: 2 of 4 passed, 2 not supported.',
      core: {
        result: 'partial',
        statistics: { Passed: 2, Skipped: 0, Failed: 0, Invalid: 0, NotProgrammed: 1, Undecided: 1, Interrupted: 0 },
        notProgrammedTests: ['F / arrives'],
        undecidedTests: ['F / shifts'],
      },
      extended: {
        result: 'partial',
        statistics: { Passed: 2, Skipped: 2, Failed: 0, Invalid: 0, NotProgrammed: 0, Undecided: 0, Interrupted: 0 },
        skippedTests: ['F / near', 'F / half too'],
        supportedFeatures: ['consistent-hashing'],
        unsupportedFeatures: ['locality'],
      },
    })
    expect(report.profiles[1]!.core.result).toBe('failure')
  })

  test('counts only what counts in a profile, each test under a name of its own, with what it rests on', () => {
    expect(report.tests.map(({ name }) => name)).not.toContain('F / nobody counts')
    expect(report.tests.slice(0, 2).map(({ name }) => name)).toEqual(['F / routes', 'F / routes (2)'])
    const test = report.tests.find(({ name }) => name === 'F / shifts')!
    expect(test).toMatchObject({ verdict: 'undecided', reasons: ['why shifts'], evidence: verdictRecord.evidence })
    expect(test.shares[0]).toMatchObject({ wanted: 0.5, interval: [0.44, 0.54], falseAlarm: 1e-6, miss: 1e-3 })
  })

  test('sums up the error rates and the requests of its tests', () => {
    expect(report.meshspec.errorRates).toEqual({ statements: 9, falseAlarm: expect.closeTo(9e-6, 12) as number, miss: 1e-3, delta: 0.1 })
    expect(report.meshspec.requests).toBe(18)
  })

  test('is of one profile where only that is asked for', () => {
    const { profiles, tests } = buildReport(run(scenarios), { ...facts, profiles: ['GATEWAY-HTTP'] })
    expect(profiles.map(({ name }) => name)).toEqual(['GATEWAY-HTTP'])
    expect(tests).toHaveLength(1)
  })

  test('is the same for the same run, whatever order scenarios end in', () =>
    expect(buildReport(run([...scenarios].reverse()), facts)).toEqual(report))

  for (const [name, text] of [
    ['YAML', stringify(report)],
    ['JSON', JSON.stringify(report)],
    ['a list', JSON.stringify({ apiVersion: report.apiVersion, kind: 'ConformanceReportList', items: [report] })],
    [
      'ConfigMaps',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [{ apiVersion: 'v1', kind: 'ConfigMap', data: { 'conformance.json': JSON.stringify(report) } }],
      }),
    ],
  ] as const)
    test(`is read again from ${name}`, () => expect(readReports(text)).toEqual([report]))

  for (const [name, text, says] of [
    ['no YAML', '{"a": [', 'neither YAML nor JSON'],
    ['something else', 'kind: Pod\napiVersion: v1', 'its apiVersion is "v1"'],
    ['nothing', '', 'its apiVersion is missing'],
    ['no tests', `apiVersion: ${report.apiVersion}\nkind: ConformanceReport`, 'no list of tests'],
  ] as const)
    test(`${name} is no report`, () => expect(readReports(text)).toContain(says))
})

describe('merging', () => {
  const part = (index: number, total = 2): ConformanceReport =>
    buildReport(run(scenarios.filter((_, i) => i % total === index)), {
      ...facts,
      shard: { index, total },
      reproduce: `${facts.reproduce} --shard ${index}/${total}`,
    })

  test('makes of all shards what one run would have said', () => expect(mergeReports([part(1), part(0)])).toEqual(report))

  test('the whole run is the one to do again, however the shard was written', () => {
    const written = [part(0), part(1)].map((one) => ({
      ...one,
      meshspec: { ...one.meshspec, reproduce: one.meshspec.reproduce.replace('--shard ', '--shard=') },
    }))
    expect(mergeReports(written)).toEqual(report)
  })

  const { meshspec } = part(1)
  for (const [name, parts, says] of [
    ['a shard is missing', [part(0, 3), part(2, 3)], 'of 3 shards 1/3 is missing'],
    ['one is there twice', [part(0), part(1), part(1)], 'shard 1/2 is there twice'],
    ['one is of another number', [part(0), part(1, 3)], 'the number of shards is 2 and 3'],
    ['one is of another version', [part(0), { ...part(1), meshspec: { ...meshspec, version: '9' } }], 'the version of meshspec'],
    ['there are none', [], 'nothing to merge'],
  ] as const)
    test(`is refused when ${name}`, () => expect(() => mergeReports(parts)).toThrow(says))
})

describe('the difference of two reports', () => {
  const changed = buildReport(
    run([
      ...scenarios
        .slice(1)
        .map((one) =>
          one.name === 'weight'
            ? { ...one, verdict: 'passed' as const }
            : one.name === 'hashes'
              ? { ...one, verdict: 'failed' as const, reasons: ['two pods'] }
              : one,
        ),
      scenario('fresh', 'passed', `${traffic} @istio:request-routing`),
    ]),
    facts,
  )
  const diff = diffReports(report, changed)

  test('names what got worse, better, is gone and is new', () => {
    expect(diff.changes.map(({ kind, name }) => [kind, name])).toEqual([
      ['worse', 'F / hashes'],
      ['gone', 'F / routes (2)'],
      ['better', 'F / weight'],
      ['new', 'F / fresh'],
    ])
    expect(isWorse(diff)).toBe(true)
    expect(diffText(diff, (_, text) => text)).toContain('  F / hashes: passed → failed\n      two pods')
  })

  test('of a report to itself there is none', () => {
    const none = diffReports(report, report)
    expect(none.changes).toEqual([])
    expect(isWorse(none)).toBe(false)
  })

  test('that something is gone is one where it passed', () => {
    const [gone] = diff.changes.filter(({ kind }) => kind === 'gone')
    const verdicts = ['passed', 'failed', 'undecided'] as const
    expect(verdicts.map((verdict) => isWorse({ ...diff, changes: [{ ...gone!, before: { ...gone!.before!, verdict } }] }))).toEqual([
      true,
      false,
      false,
    ])
  })

  test('that something is better, or new and passes, is no regression', () => {
    expect(isWorse({ ...diff, changes: diff.changes.filter(({ kind }) => kind === 'better' || kind === 'new') })).toBe(false)
  })
})

describe('several targets', () => {
  const other = buildReport(run(scenarios.map((one) => ({ ...one, verdict: 'passed' as const }))), { ...facts, target: 'envoy' })

  test('stand beside each other, feature by feature', () => {
    const { columns, rows } = matrixOf([report, other])
    expect(columns).toHaveLength(2)
    const row = rows.find(({ feature }) => feature === 'traffic-shifting')!
    expect(row.cells.map(({ words }) => words)).toEqual(['0 of 2, 1 not yet programmed, 1 undecided', '2 of 2'])
    expect(row.cells.map(({ standing }) => standing)).toEqual(['open', 'passed'])
  })
})

describe('hostile strings', () => {
  const evil = '<script>alert(1)</script>"\'| x\n# y'
  const hostile = buildReport(
    run([
      scenario(evil, 'failed', `${traffic} @istio:${evil.split(' ')[0]}`, {
        feature: evil,
        uri: evil,
        reasons: [evil],
        record: {
          ...verdictRecord,
          evidence: [evil],
          mesh: { name: evil, version: evil, notes: [evil] },
          tests: [{ ...verdictRecord.tests[0]!, statement: evil }],
        },
      }),
    ]),
    { ...facts, target: evil, reproduce: evil },
  )

  test('are no markup in HTML', () => {
    const html = conformanceHtml([hostile, hostile])
    expect(html).not.toMatch(/<script/i)
    expect(html.match(/<(?:[a-z][\w-]*)(?:\s+(?:class|datetime|colspan|scope|lang|charset|name|content|open)(?:="[^"<>]*")?)*>/g)).not.toBeNull()
    expect(html.replace(/<style>[\s\S]*?<\/style>/, '')).not.toMatch(/\son\w+=|javascript:/i)
  })

  test('are no markup and end no cell in Markdown', () => {
    const markdown = conformanceMarkdown([hostile, hostile])
    expect(markdown.replace(/`[^`]*`/g, '')).not.toMatch(/<script/)
    for (const tableLine of markdown.split('\n').filter((one) => one.startsWith('| <') || one.includes('script')))
      expect(tableLine).not.toMatch(/^# y/)
  })

  test('come back from YAML as they were', () => expect(readReports(stringify(hostile))).toEqual([hostile]))
})
