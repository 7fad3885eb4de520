import type { RunRecord, ScenarioRecord } from '../run-record.ts'
import { versions } from '../versions.ts'
import { profilesOf } from './profiles.ts'
import { apiVersion } from './report.ts'
import type { ConformanceReport, ErrorRateReport, Implementation, MeshspecFacts, ShareReport, TestReport } from './report.ts'
import { placementsOf } from './tags.ts'

/** What a run does not know of itself. */
export interface RunFacts {
  readonly target: string
  readonly date: Date
  readonly reproduce: string
  readonly shard: MeshspecFacts['shard']
  /** Only these; `null`: all. */
  readonly profiles: readonly string[] | null
  /** How a feature's file is named in the report. */
  readonly fileName: (uri: string) => string
}

/** What a run on one target says of the mesh. */
export function buildReport(run: RunRecord, facts: RunFacts): ConformanceReport {
  const counted = run.scenarios.filter(({ tags }) => placementsOf(tags).some(({ profile }) => facts.profiles?.includes(profile) ?? true))
  const tests = counted.map((scenario) => testReport(scenario, facts))
  const seeds = [...new Set(counted.flatMap(({ record }) => record?.runSeed ?? []))]
  return assemble(tests, {
    date: facts.date.toISOString(),
    implementation: implementationOf(counted.length > 0 ? counted : run.scenarios),
    meshspec: {
      version: versions().meshspec,
      target: facts.target,
      seed: seeds.length === 1 ? seeds[0]! : null,
      reproduce: facts.reproduce,
      notes: [...new Set(counted.flatMap(({ record }) => record?.mesh?.notes ?? []))],
      durationMs: Math.round(run.durationMs),
      ...uncountedOf(run.scenarios.length - counted.length),
      shard: facts.shard,
    },
  })
}

/** @param count of scenarios that count for nothing */
export function uncountedOf(count: number): Pick<MeshspecFacts, 'uncounted'> {
  return count === 0 ? {} : { uncounted: count }
}

export interface AssembleFacts {
  readonly date: string
  readonly implementation: Implementation
  readonly meshspec: Omit<MeshspecFacts, 'requests' | 'errorRates'>
}

/** A report of these tests, in the order of their files; all sums are theirs. */
export function assemble(given: readonly TestReport[], { date, implementation, meshspec }: AssembleFacts): ConformanceReport {
  const tests = inOrder(given)
  const { shard, ...facts } = meshspec
  const requests = tests.reduce((sum, test) => sum + test.requests, 0)
  return {
    apiVersion,
    kind: 'ConformanceReport',
    date,
    mode: 'default',
    implementation,
    meshspec: { ...facts, requests, errorRates: errorRatesOf(tests), shard },
    profiles: profilesOf(tests),
    tests,
  }
}

/** `Feature / Rule / Scenario` */
function nameOf({ feature, rule, name }: ScenarioRecord): string {
  return [feature, ...(rule === null ? [] : [rule]), name].join(' / ')
}

function testReport(scenario: ScenarioRecord, { fileName, profiles: wanted }: RunFacts): TestReport {
  const { uri, line, tags, verdict, reasons, record, durationMs } = scenario
  const placements = placementsOf(tags).filter(({ profile }) => wanted?.includes(profile) ?? true)
  return {
    name: nameOf(scenario),
    file: fileName(uri),
    line,
    features: [...new Set(placements.map(({ feature }) => feature))],
    profiles: [...new Set(placements.map(({ profile }) => profile))],
    level: placements[0]!.level,
    verdict,
    reasons,
    evidence: record?.evidence ?? [],
    requests: record?.requests ?? 0,
    durationMs: Math.round(durationMs),
    shares: (record?.tests ?? []).map(shareReport),
  }
}

/** By file and line, each with a name of its own: what an outline gives the same name is numbered. */
function inOrder(given: readonly TestReport[]): readonly TestReport[] {
  const seen = new Map<string, number>()
  const sorted = [...given].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
  return sorted.map((test) => {
    // A report that is put together of others has numbers already, given without the rest.
    const name = test.name.replace(/ \(\d+\)$/, '')
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return { ...test, name: count === 1 ? name : `${name} (${count})` }
  })
}

type Test = NonNullable<ScenarioRecord['record']>['tests'][number]

function shareReport({ statement, wanted, seen, interval, requests, alpha, beta, delta, exact }: Test): ShareReport {
  return { statement, wanted, seen, interval, requests, falseAlarm: alpha, miss: beta, delta, exact }
}

/** The false alarms of several tests add up at most (Boole); odds that were compared exactly have none. */
function errorRatesOf(tests: readonly TestReport[]): ErrorRateReport {
  const shares = tests.flatMap((test) => test.shares)
  const most = (of: (share: ShareReport) => number): number => shares.reduce((max, share) => Math.max(max, of(share)), 0)
  return {
    statements: shares.length,
    falseAlarm: shares.reduce((sum, { falseAlarm }) => sum + falseAlarm, 0),
    miss: most(({ miss }) => miss),
    delta: most(({ delta }) => delta),
  }
}

/** Those that the project knows; a mesh of somebody else's is called as its target calls it. */
const known: Readonly<Record<string, Omit<Implementation, 'version' | 'contact'>>> = {
  Istio: { organization: 'istio', project: 'istio', url: 'https://istio.io' },
  Envoy: { organization: 'envoyproxy', project: 'envoy', url: 'https://www.envoyproxy.io' },
  'mesh-core': { organization: 'meshspec', project: 'mesh-core', url: 'https://www.npmjs.com/package/meshspec' },
}

function implementationOf(scenarios: readonly ScenarioRecord[]): Implementation {
  const mesh =
    scenarios.findLast(({ record }) => record?.mesh?.version)?.record?.mesh ?? scenarios.findLast(({ record }) => record?.mesh)?.record?.mesh
  const name = mesh?.name ?? scenarios.find(({ record }) => record)?.record?.target ?? 'unknown'
  const version = mesh?.version ?? (name === 'mesh-core' ? versions().meshspec : 'unknown')
  return { ...(known[name] ?? { organization: 'unknown', project: name, url: '' }), version, contact: [] }
}
