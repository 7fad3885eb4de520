import type { ConformanceReport, LevelReport, TestReport } from '../conformance/report.ts'

export type Labels = Readonly<Record<string, string>>

/** One gauge, in the words that Prometheus and OpenTelemetry have in common. */
export interface Metric {
  /** Segments; joined by `_` for Prometheus, by `.` for OpenTelemetry. */
  readonly name: readonly string[]
  readonly help: string
  /** UCUM, for OpenTelemetry: `s`, `1`, `{request}`. Prometheus has it at the end of the name. */
  readonly unit: string
  readonly points: readonly { readonly labels: Labels; readonly value: number }[]
}

/** What reports say, as gauges: of the last run, so that an alert can say `for: 0s`. */
export function metricsOf(reports: readonly ConformanceReport[]): readonly Metric[] {
  const of = (name: string, help: string, unit: string, points: (report: ConformanceReport, labels: Labels) => Metric['points']): Metric => ({
    name: ['meshspec', 'conformance', name],
    ...{ help, unit },
    points: reports.flatMap((report) => points(report, labelsOf(report))),
  })
  const one = (value: (report: ConformanceReport) => number) => (report: ConformanceReport, labels: Labels) => [{ labels, value: value(report) }]
  return [
    of('info', 'What was looked at, and by which version of meshspec.', '1', (report, labels) => [
      { labels: { ...labels, ...infoOf(report) }, value: 1 },
    ]),
    of('tests', 'Tests of each profile by their verdict.', '{test}', countPoints),
    of('result', 'Result of each profile, 1 for the one that it has.', '1', resultPoints),
    of('test', 'Verdict of each test, 1 for the one that it has.', '1', testPoints),
    of(
      'requests',
      'Requests that the run sent.',
      '{request}',
      one(({ meshspec }) => meshspec.requests),
    ),
    of(
      'duration_seconds',
      'How long the run took.',
      's',
      one(({ meshspec }) => meshspec.durationMs / 1000),
    ),
    of(
      'false_alarm_ratio',
      'A correct mesh fails the run with a smaller probability.',
      '1',
      one(({ meshspec }) => meshspec.errorRates.falseAlarm),
    ),
    of(
      'last_run_timestamp_seconds',
      'When the run ended, in seconds since 1970.',
      's',
      one(({ date }) => Date.parse(date) / 1000),
    ),
  ]
}

function labelsOf({ meshspec, implementation }: ConformanceReport): Labels {
  return { target: meshspec.target, mesh: implementation.project }
}

function infoOf({ meshspec, implementation }: ConformanceReport): Labels {
  return { mesh_version: implementation.version, meshspec_version: meshspec.version }
}

/** As labels say it: `NotProgrammed` → `not-programmed`. */
const verdicts: readonly (readonly [keyof LevelReport['statistics'], string])[] = [
  ['Passed', 'passed'],
  ['Failed', 'failed'],
  ['Invalid', 'invalid'],
  ['Skipped', 'not-supported'],
  ['NotProgrammed', 'not-programmed'],
  ['Undecided', 'undecided'],
  ['Interrupted', 'interrupted'],
]

function levelsOf({ profiles }: ConformanceReport, labels: Labels): readonly { readonly labels: Labels; readonly report: LevelReport }[] {
  return profiles.flatMap(({ name, core, extended }) => [
    { labels: { ...labels, profile: name, level: 'core' }, report: core },
    ...(extended ? [{ labels: { ...labels, profile: name, level: 'extended' }, report: extended }] : []),
  ])
}

/** With zeros: a series that comes and goes cannot be alerted on. */
function countPoints(report: ConformanceReport, labels: Labels): Metric['points'] {
  return levelsOf(report, labels).flatMap((level) =>
    verdicts.map(([key, verdict]) => ({ labels: { ...level.labels, verdict }, value: level.report.statistics[key] })),
  )
}

function resultPoints(report: ConformanceReport, labels: Labels): Metric['points'] {
  return levelsOf(report, labels).flatMap((level) =>
    (['success', 'partial', 'failure'] as const).map((result) => ({
      labels: { ...level.labels, result },
      value: Number(level.report.result === result),
    })),
  )
}

function testPoints({ tests }: ConformanceReport, labels: Labels): Metric['points'] {
  return tests.map((test: TestReport) => ({
    labels: {
      ...labels,
      test: test.name,
      profile: test.profiles.join(','),
      feature: test.features.join(','),
      level: test.level,
      verdict: test.verdict,
    },
    value: 1,
  }))
}
