import type { ScenarioVerdict } from '../run-record.ts'
import { verdictWords } from '../run-record.ts'
import type { Paint } from '../paint.ts'
import type { ConformanceReport, TestReport } from './report.ts'

/**
 * `worse`: it passed, and does no more; or it could not be told, and now fails. `better`: it did not pass, and does now. `other`: neither answer is a pass.
 * `gone`, `new`: only one of the two reports has it.
 */
export type ChangeKind = 'worse' | 'gone' | 'other' | 'better' | 'new'

export interface Change {
  readonly kind: ChangeKind
  readonly name: string
  readonly before: TestReport | null
  readonly after: TestReport | null
}

export interface ReportDiff {
  /** What differs about the runs themselves: versions, seeds. */
  readonly facts: readonly { readonly what: string; readonly before: string; readonly after: string }[]
  readonly changes: readonly Change[]
  readonly same: number
}

/** What is otherwise in the second report. */
export function diffReports(before: ConformanceReport, after: ConformanceReport): ReportDiff {
  const [old, now] = [byName(before), byName(after)]
  const names = [...new Set([...old.keys(), ...now.keys()])]
  const changes = names.flatMap((name) => changeOf(name, old.get(name) ?? null, now.get(name) ?? null) ?? [])
  return {
    facts: factsOf(before, after),
    changes: kinds.flatMap((kind) => changes.filter((change) => change.kind === kind)),
    same: names.length - changes.length,
  }
}

const kinds: readonly ChangeKind[] = ['worse', 'gone', 'other', 'better', 'new']

function byName({ tests }: ConformanceReport): ReadonlyMap<string, TestReport> {
  return new Map(tests.map((test) => [test.name, test]))
}

function changeOf(name: string, before: TestReport | null, after: TestReport | null): Change | null {
  if (before === null || after === null) return { kind: before === null ? 'new' : 'gone', name, before, after }
  if (before.verdict === after.verdict) return null
  return { kind: kindOf(before.verdict, after.verdict), name, before, after }
}

function kindOf(before: ScenarioVerdict, after: ScenarioVerdict): ChangeKind {
  if (after === 'passed') return 'better'
  return before === 'passed' || after === 'failed' ? 'worse' : 'other'
}

function factsOf(before: ConformanceReport, after: ConformanceReport): ReportDiff['facts'] {
  const facts: readonly (readonly [string, (report: ConformanceReport) => string])[] = [
    ['mesh', ({ implementation }) => `${implementation.project} ${implementation.version}`],
    ['target', ({ meshspec }) => meshspec.target],
    ['meshspec', ({ meshspec }) => meshspec.version],
    ['seed', ({ meshspec }) => String(meshspec.seed)],
    ['notes', ({ meshspec }) => meshspec.notes.join('; ') || 'none'],
  ]
  return facts.map(([what, of]) => ({ what, before: of(before), after: of(after) })).filter((fact) => fact.before !== fact.after)
}

/** A regression: what held holds no more, or is not looked at any more. What could not be told and fails now is one, too, and so is a new test that fails. */
export function isWorse({ changes }: ReportDiff): boolean {
  const isLost = ({ kind, before }: Change): boolean => kind === 'gone' && before?.verdict === 'passed'
  return changes.some((change) => change.kind === 'worse' || isLost(change) || (change.kind === 'new' && change.after?.verdict === 'failed'))
}

const headings: Readonly<Record<ChangeKind, string>> = {
  worse: 'Worse',
  gone: 'No longer looked at',
  other: 'Not passed, for another reason',
  better: 'Better',
  new: 'New',
}

export function diffText({ facts, changes, same }: ReportDiff, paint: Paint): string {
  const blocks = kinds.map((kind) => {
    const those = changes.filter((change) => change.kind === kind)
    const heading = paint(kind === 'worse' || kind === 'gone' ? 'red' : kind === 'better' ? 'green' : 'yellow', `${headings[kind]} (${those.length})`)
    return those.length === 0 ? '' : [heading, ...those.flatMap((change) => changeLines(change, paint))].join('\n')
  })
  const head = facts.map(({ what, before, after }) => `${what}: ${before} → ${after}`).join('\n')
  const counts = changes.length === 0 ? `nothing has changed: ${same} tests` : `${changes.length} changed, ${same} as before`
  return [head, ...blocks, counts].filter((block) => block !== '').join('\n\n')
}

function changeLines({ name, before, after }: Change, paint: Paint): string[] {
  const verdicts = [before, after].map((test) => (test ? verdictWords[test.verdict] : 'not there')).join(' → ')
  const reasons = after?.verdict === 'passed' ? [] : (after?.reasons ?? [])
  return [`  ${name}: ${verdicts}`, ...reasons.flatMap((reason) => reason.split('\n')).map((line) => paint('dim', `      ${line}`))]
}
