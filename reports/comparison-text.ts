import { agreements, countText, countAgreements, sentenceOf } from './comparison.ts'
import type { Agreement, ComparedScenario, Comparison, Outcome } from './comparison.ts'
import { compareSteps, untoldReasons } from './compared-steps.ts'
import type { Paint } from './paint.ts'
import { groupByUri } from './run-record.ts'
import type { StepRecord } from './run-record.ts'
import { formatMs, indent, markOf, reasonsBlock, undefinedBlock } from './terminal-text.ts'

const colours: Readonly<Record<Agreement, 'green' | 'red' | 'yellow'>> = {
  holds: 'green',
  differs: 'red',
  drawn: 'red',
  fails: 'red',
  open: 'yellow',
  'one-sided': 'yellow',
  'not-supported': 'yellow',
}

const headings: Readonly<Partial<Record<Agreement, string>>> = {
  differs: 'The targets differ: one of them is wrong, or behaves otherwise in its version',
  drawn: 'Chance decides what the targets differ in: such a statement is about a share of many requests',
  fails: 'No target holds it: the config or the scenario is wrong',
  open: 'A target gave no answer',
}

/** Every scenario with a mark for each target, then what is not the same on all, then the counts. */
export function comparisonText(comparison: Comparison, paint: Paint): string {
  const { scenarios, runs } = comparison
  const errors = runs[0]?.run.parseErrors ?? []
  const blocks = [
    scenarios.length === 0 ? '' : listBlock(comparison, paint),
    ...errors.map(({ uri, message }) => `${paint('red', '✖')} ${uri} ${message}`),
    ...(['differs', 'drawn', 'fails', 'open'] as const).flatMap((agreement) => agreementBlocks(comparison, agreement, paint)),
    ...runs.flatMap(({ target, run }) => run.hookErrors.map((message) => `${paint('red', '✖')} ${target}: ${message}`)),
    ...notSupportedBlocks(comparison, paint),
    undefinedBlock(runs[0]!.run, paint),
    countsBlock(comparison, paint),
  ]
  return blocks.filter((block) => block !== '').join('\n\n')
}

function listBlock({ scenarios, runs }: Comparison, paint: Paint): string {
  const legend = paint('dim', `a mark each for ${runs.map(({ target }) => target).join(', ')}`)
  const features = [...groupByUri(scenarios).values()].map((those) =>
    [paint('bold', those[0]!.feature), ...those.map((scenario) => scenarioLine(scenario, paint))].join('\n'),
  )
  return [legend, ...features].join('\n\n')
}

function scenarioLine(scenario: ComparedScenario, paint: Paint): string {
  const { name, agreement, outcomes } = scenario
  const verdicts = outcomes.map(({ scenario }) => (scenario ? markOf(scenario.verdict, paint) : ' ')).join(' ')
  const told = ['differs', 'drawn', 'fails'].includes(agreement) ? ` ${paint(colours[agreement], sentenceOf(scenario))}` : ''
  return `  ${verdicts} ${name}${told}`
}

function agreementBlocks({ scenarios }: Comparison, agreement: Exclude<Agreement, 'holds' | 'one-sided' | 'not-supported'>, paint: Paint): string[] {
  const those = scenarios.filter((scenario) => scenario.agreement === agreement)
  if (those.length === 0) return []
  return [paint('bold', `${headings[agreement]}:`), ...those.map((scenario) => scenarioBlock(scenario, paint))]
}

/** The steps once, a column of marks for each target, and beside a step what each target says of it. */
function scenarioBlock(scenario: ComparedScenario, paint: Paint): string {
  const { feature, name, uri, line, agreement, outcomes } = scenario
  const widths = outcomes.map(({ target }) => Math.max(target.length, 1))
  const row = (cells: readonly string[], text: string): string =>
    `  ${cells.map((cell, index) => cell + ' '.repeat(widths[index]! - plainLength(cell))).join(' ')}  ${text}`.trimEnd()
  const margin =
    plainLength(
      row(
        widths.map(() => ' '),
        'x',
      ),
    ) - 1
  const steps = compareSteps(outcomes).flatMap(({ keyword, text, argument, cells, messages }) => [
    row(
      cells.map((cell) => stepMark(cell, paint)),
      `${keyword} ${text}`.trim(),
    ),
    ...argument.map((one) => paint('dim', `${' '.repeat(margin + 2)}${one}`)),
    ...messages.map(({ targets, message }) => indent(`${paint('bold', `${targets.join(' and ')}:`)} ${message}`, margin + 2)),
  ])
  return [
    `${paint(colours[agreement], `✖ ${feature}: ${name}`)} ${paint('dim', `${uri}:${line}`)}`,
    `  ${sentenceOf(scenario)}`,
    row(
      outcomes.map(({ target }) => paint('bold', target)),
      '',
    ),
    ...steps,
    ...outcomes.flatMap((outcome) => evidenceLines(outcome, paint)),
  ].join('\n')
}

/** The most paths that are shown of one target. */
const mostPaths = 5

function evidenceLines(outcome: Outcome, paint: Paint): string[] {
  const { target, scenario } = outcome
  const paths = Object.entries(scenario?.record?.paths ?? {}).sort(([, a], [, b]) => b - a)
  const more = paths.length > mostPaths ? [`and ${paths.length - mostPaths} more paths`] : []
  const seen = [...paths.slice(0, mostPaths).map(([path, count]) => `${count} × ${path}`), ...more]
  return [...untoldReasons(outcome), ...seen].map((text) => `  ${paint('dim', `${target}:`)} ${text}`)
}

function stepMark(step: StepRecord | null, paint: Paint): string {
  if (!step) return ' '
  if (step.status === 'passed') return paint('green', '✔')
  return step.status === 'skipped' ? paint('dim', '-') : paint('red', '✖')
}

/** Of text that may be coloured. */
function plainLength(text: string): number {
  return text.replace(/\u001B\[\d+m/g, '').length
}

function notSupportedBlocks({ runs }: Comparison, paint: Paint): string[] {
  return runs.map(({ target, run }) => {
    const those = run.scenarios.filter(({ verdict }) => verdict === 'not-supported')
    return reasonsBlock(`Not supported by ${target}:`, those, Infinity, paint)
  })
}

function countsBlock({ scenarios, runs }: Comparison, paint: Paint): string {
  const counts = countAgreements(scenarios)
  const parts = agreements
    .filter((agreement) => counts[agreement] > 0)
    .map((agreement) => paint(colours[agreement], countText(agreement, counts[agreement], runs.length)))
  const times = runs.map(({ target, run }) => `${target} in ${formatMs(run.durationMs)}`)
  const seeds = new Set(runs.flatMap(({ run }) => run.scenarios.flatMap(({ record }) => record?.runSeed ?? [])))
  const total = `${scenarios.length} scenario${scenarios.length === 1 ? '' : 's'}`
  return `${total} on ${times.join(', ')}: ${parts.join(', ') || 'nothing was run'}${seeds.size === 1 ? `\nseed ${[...seeds][0]}` : ''}`
}
