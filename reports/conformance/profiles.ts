import type { ScenarioVerdict } from '../run-record.ts'
import type { ExtendedReport, LevelReport, ProfileReport, Result, Statistics, TestReport } from './report.ts'
import { inProfileOrder } from './tags.ts'

/** What the tests say of each profile that one of them counts for, in the profiles' order. */
export function profilesOf(tests: readonly TestReport[]): readonly ProfileReport[] {
  const names = [...new Set(tests.flatMap((test) => test.profiles))].sort(inProfileOrder)
  return names.map((name) => {
    const own = tests.filter((test) => test.profiles.includes(name))
    const core = levelReport(own.filter(({ level }) => level === 'core'))
    const extendedTests = own.filter(({ level }) => level === 'extended')
    const extended = extendedTests.length > 0 ? extendedReport(extendedTests) : undefined
    return { name, summary: summaryOf(core, extended), core, ...(extended && { extended }) }
  })
}

const lists: readonly (readonly [keyof LevelReport, ScenarioVerdict, keyof Statistics])[] = [
  ['failedTests', 'failed', 'Failed'],
  ['invalidTests', 'invalid', 'Invalid'],
  ['skippedTests', 'not-supported', 'Skipped'],
  ['notProgrammedTests', 'not-programmed', 'NotProgrammed'],
  ['undecidedTests', 'undecided', 'Undecided'],
  ['interruptedTests', 'interrupted', 'Interrupted'],
]

function levelReport(tests: readonly TestReport[]): LevelReport {
  const of = (wanted: ScenarioVerdict): string[] => tests.filter(({ verdict }) => verdict === wanted).map(({ name }) => name)
  const named = lists.map(([list, verdict]) => [list, of(verdict)] as const).filter(([, names]) => names.length > 0)
  const statistics = {
    Passed: of('passed').length,
    Skipped: of('not-supported').length,
    Failed: of('failed').length,
    Invalid: of('invalid').length,
    NotProgrammed: of('not-programmed').length,
    Undecided: of('undecided').length,
    Interrupted: of('interrupted').length,
  }
  return { result: resultOf(statistics, tests.length), statistics, ...Object.fromEntries(named) }
}

/** Nothing that was looked at is no success: a profile without core tests, or one of which nothing could be shown. */
function resultOf({ Passed, Failed }: Statistics, all: number): Result {
  if (Failed > 0) return 'failure'
  return Passed === all ? 'success' : 'partial'
}

function extendedReport(tests: readonly TestReport[]): ExtendedReport {
  const features = [...new Set(tests.flatMap((test) => test.features))].sort()
  const verdicts = new Map(features.map((name) => [name, tests.filter((test) => test.features.includes(name)).map(({ verdict }) => verdict)]))
  const those = (holds: (verdicts: readonly ScenarioVerdict[]) => boolean): string[] => features.filter((name) => holds(verdicts.get(name)!))
  return {
    ...levelReport(tests),
    supportedFeatures: those((all) => all.every((verdict) => verdict === 'passed')),
    unsupportedFeatures: those((all) => all.every((verdict) => verdict === 'not-supported')),
  }
}

function summaryOf(core: LevelReport, extended: ExtendedReport | undefined): string {
  return [levelSummary('Core', core), ...(extended ? [levelSummary('Extended', extended)] : [])].join(' ')
}

function levelSummary(level: string, { result, statistics }: LevelReport): string {
  const words: readonly (readonly [keyof Statistics, string])[] = [
    ['Failed', 'failed'],
    ['Invalid', 'invalid'],
    ['NotProgrammed', 'not yet programmed'],
    ['Undecided', 'undecided'],
    ['Interrupted', 'interrupted'],
    ['Skipped', 'not supported'],
  ]
  const all = Object.values(statistics).reduce((sum, count) => sum + count, 0)
  if (all === 0) return `${level}: no tests.`
  const rest = words.filter(([kind]) => statistics[kind] > 0).map(([kind, word]) => `${statistics[kind]} ${word}`)
  const partly = statistics.Passed > 0 ? 'partially succeeded' : 'showed nothing'
  const verb = { success: 'succeeded', partial: partly, failure: 'failed' }[result]
  return `${level} tests ${verb}: ${statistics.Passed} of ${all} passed${rest.length > 0 ? `, ${rest.join(', ')}` : ''}.`
}
