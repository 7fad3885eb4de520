import type { StatisticalTest } from '../support/verdicts/verdict.ts'
import type { Paint } from './paint.ts'
import type { RunRecord, ScenarioRecord, ScenarioVerdict, StepRecord } from './run-record.ts'
import { writtenAs } from './written-as.ts'
import { countVerdicts, verdicts, verdictWords } from './run-record.ts'

const marks: Readonly<Record<ScenarioVerdict, string>> = {
  passed: '✔',
  failed: '✖',
  invalid: '?',
  'not-supported': '–',
  undecided: '≈',
  'not-programmed': '…',
  interrupted: '!',
}

/** One line for one scenario: its verdict, name and, when it is slow to watch, its time. */
export function scenarioLine(scenario: ScenarioRecord, paint: Paint): string {
  const { verdict, name, durationMs, record } = scenario
  const virtual = record?.virtualMs ? `${formatMs(record.virtualMs)} of mesh time` : ''
  const wall = durationMs >= 1000 ? formatMs(durationMs) : ''
  const times = [virtual, wall].filter((text) => text !== '').join(', ')
  return `  ${markOf(verdict, paint)} ${name}${times ? paint('dim', ` (${times})`) : ''}`
}

export function markOf(verdict: ScenarioVerdict, paint: Paint): string {
  return paint(colourOf(verdict), marks[verdict])
}

/** All that did not pass, then the counts. */
export function summaryText(run: RunRecord, paint: Paint): string {
  const told: readonly ScenarioVerdict[] = ['passed', 'not-supported', 'interrupted']
  const bad = run.scenarios.filter(({ verdict }) => !told.includes(verdict) && openHeadings[verdict] === undefined)
  const blocks = [
    ...bad.map((scenario) => failureBlock(scenario, paint)),
    ...openBlocks(run.scenarios, paint),
    ...run.hookErrors.map((message) => `${paint('red', '✖')} ${message}`),
    reasonsBlock('Not supported by the target:', ofVerdict(run.scenarios, 'not-supported'), Infinity, paint),
    reasonsBlock('Not run to their end:', ofVerdict(run.scenarios, 'interrupted'), 5, paint),
    undefinedBlock(run, paint),
    notModelledBlock(run.scenarios, paint),
    countsBlock(run, paint),
  ]
  return blocks.filter((block) => block !== '').join('\n\n')
}

/** Neither passed nor failed: nothing is known to be wrong with the mesh. */
const openHeadings: Readonly<Partial<Record<ScenarioVerdict, string>>> = {
  'not-programmed': 'Not yet programmed: the mesh had not taken the config up by the deadline',
  undecided: 'Undecided: the requests did not tell',
}

function openBlocks(scenarios: readonly ScenarioRecord[], paint: Paint): string[] {
  return Object.entries(openHeadings).flatMap(([verdict, heading]) => {
    const those = ofVerdict(scenarios, verdict as ScenarioVerdict)
    return those.length === 0 ? [] : [paint('yellow', `${heading}:`), ...those.map((scenario) => failureBlock(scenario, paint))]
  })
}

function failureBlock(scenario: ScenarioRecord, paint: Paint): string {
  const { verdict, feature, name, uri, line, steps, reasons } = scenario
  const heading = `${paint(colourOf(verdict), `${marks[verdict]} ${feature}: ${name}`)} ${paint('dim', `${uri}:${line}`)}`
  const explained = steps.some((step) => step.message !== null || step.status === 'undefined')
  const told = explained ? [] : reasons.map((reason) => indent(reason, 4))
  const sources = (scenario.record?.evidence ?? []).map((source) => paint('dim', `    known from ${source}`))
  return [heading, ...steps.flatMap((step) => stepLines(step, verdict, paint)), ...told, ...sources].join('\n')
}

function stepLines(step: StepRecord, verdict: ScenarioVerdict, paint: Paint): string[] {
  const mark = stepMark(step, verdict, paint)
  const sentence = `${step.keyword} ${step.text}`.trim()
  const argument = step.argument.map((line) => paint('dim', `      ${line}`))
  const lines = [`  ${mark} ${step.status === 'skipped' ? paint('dim', sentence) : sentence}`, ...argument]
  return step.message === null ? lines : [...lines, indent(step.message, 6)]
}

/** A step that left its scenario open was not seen to fail. */
function stepMark({ status }: StepRecord, verdict: ScenarioVerdict, paint: Paint): string {
  if (status === 'passed') return paint('green', '✔')
  if (status === 'skipped') return paint('dim', '-')
  return status === 'failed' && openHeadings[verdict] !== undefined ? markOf(verdict, paint) : paint('red', '✖')
}

function ofVerdict(scenarios: readonly ScenarioRecord[], wanted: ScenarioVerdict): readonly ScenarioRecord[] {
  return scenarios.filter(({ verdict }) => verdict === wanted)
}

/** Reasons with the scenarios that each of them kept from being shown: of each at most so many. */
export function reasonsBlock(heading: string, scenarios: readonly Reasoned[], most: number, paint: Paint): string {
  if (scenarios.length === 0) return ''
  const byReason = new Map<string, string[]>()
  for (const { uri, line, name, reasons } of scenarios) {
    const reason = reasons.join('; ')
    byReason.set(reason, [...(byReason.get(reason) ?? []), `${uri}:${line} ${name}`])
  }
  const lines = [...byReason].flatMap(([reason, those]) => {
    const more = those.length > most ? [`and ${those.length - most} more`] : []
    return [`  ${reason}`, ...[...those.slice(0, most), ...more].map((text) => paint('dim', `    ${text}`))]
  })
  return [paint('yellow', heading), ...lines].join('\n')
}

type Reasoned = Pick<ScenarioRecord, 'uri' | 'line' | 'name' | 'reasons'>

/** `UNDEFINED_STEP` with what might have been meant, for each such sentence once. */
export function undefinedBlock({ undefinedSteps }: Pick<RunRecord, 'undefinedSteps'>, paint: Paint): string {
  return undefinedSteps
    .map(({ uri, line, text, suggestions }) => {
      const hint =
        suggestions.length > 0 ? `did you mean: ${suggestions.join('\n                      ')}` : '`npx meshspec steps` lists every sentence'
      const where = writtenAs(suggestions).map((one) => `\n          ${one}`)
      return `${uri}:${line} ${paint('red', 'UNDEFINED_STEP')} no sentence of the vocabulary reads "${text}"\n  hint: ${hint}${where.join('')}`
    })
    .join('\n')
}

/** No verdict may rest in silence on config that was ignored. */
function notModelledBlock(scenarios: readonly ScenarioRecord[], paint: Paint): string {
  const notices = new Set(scenarios.flatMap(({ record }) => record?.notModelled ?? []))
  if (notices.size === 0) return ''
  return [paint('yellow', 'Config that was not acted on:'), ...[...notices].map((notice) => `  ${notice}`)].join('\n')
}

function countsBlock(run: RunRecord, paint: Paint): string {
  const counts = countVerdicts(run.scenarios)
  const parts = verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => paint(colourOf(verdict), `${counts[verdict]} ${verdictWords[verdict]}`))
  const total = `${run.scenarios.length} scenario${run.scenarios.length === 1 ? '' : 's'}`
  return [
    `${total}: ${parts.join(', ') || 'nothing was run'} in ${formatMs(run.durationMs)}`,
    ...errorRateLines(run.scenarios),
    ...targetLines(run.scenarios),
  ].join('\n')
}

/**
 * The chance that any of the run's statistical tests raised a false alarm is at most the sum of their α (Boole's inequality);
 * tests whose odds were compared exactly spend nothing.
 */
function errorRateLines(scenarios: readonly ScenarioRecord[]): string[] {
  const tests = scenarios.flatMap(({ record }) => record?.tests ?? [])
  if (tests.length === 0) return []
  const alpha = tests.reduce((sum, test) => sum + test.alpha, 0)
  const beta = Math.max(...tests.map((test) => test.beta))
  const requests = scenarios.reduce((sum, { record }) => sum + requestsLookedAt(record?.tests ?? []), 0)
  const statements = `${tests.length} statement${tests.length === 1 ? '' : 's'} about shares`
  return [
    `${statements} over ${requests} requests: a correct mesh fails this run with probability below ${boundText(alpha)}; a share that is wrong is missed with at most ${boundText(beta)} each`,
  ]
}

/** Statements about the same requests look at them from the first on. */
function requestsLookedAt(tests: readonly Pick<StatisticalTest, 'load' | 'requests'>[]): number {
  const loads = new Map<number, number>()
  for (const { load, requests } of tests) loads.set(load, Math.max(requests, loads.get(load) ?? 0))
  return [...loads.values()].reduce((sum, requests) => sum + requests, 0)
}

/** Rounded up to two digits, for a bound that is rounded down is none: `0.001`, `2.4e-5`. */
export function boundText(chance: number): string {
  if (chance === 0) return '0'
  const unit = 10 ** (Math.floor(Math.log10(chance)) - 1)
  const bound = Number((Math.ceil(chance / unit - 1e-9) * unit).toPrecision(2))
  return bound < 1e-3 ? bound.toExponential() : String(bound)
}

function targetLines(scenarios: readonly ScenarioRecord[]): string[] {
  const records = scenarios.flatMap(({ record }) => record ?? [])
  if (records.length === 0) return []
  const targets = [...new Set(records.map(({ target }) => target))].join(', ')
  const seeds = [...new Set(records.map(({ runSeed }) => runSeed))]
  return [`target ${targets}${seeds.length === 1 ? `, seed ${seeds[0]}` : ''}`]
}

export function formatMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

function colourOf(verdict: ScenarioVerdict): 'green' | 'red' | 'yellow' {
  if (verdict === 'passed') return 'green'
  return verdict === 'failed' || verdict === 'invalid' ? 'red' : 'yellow'
}

export function indent(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(columns))
}
