import type { Attachment, Envelope, GherkinDocument, Pickle, PickleStep, TestCase, TestStepFinished } from '@cucumber/messages'
import { verdictMediaType, type VerdictRecord } from '../support/verdicts/verdict.ts'
import { argumentLines } from './argument-lines.ts'
import { nameWithExample } from './example-row.ts'
import { failureText } from './failure-text.ts'
import { describedRecord } from './described-steps.ts'
import { shownArgument, shownSentence } from './hidden-steps.ts'
import { type GherkinIndex, indexDocument } from './gherkin-index.ts'
import type { RunRecord, ScenarioRecord, ScenarioVerdict, StepRecord, StepStatus, UndefinedStep } from './run-record.ts'
import { Sentences } from './sentences.ts'
import type { UnfilledExamples } from './unfilled-outlines.ts'

/** An attempt at a scenario that is under way. */
interface Attempt {
  readonly testCase: TestCase
  readonly startedMs: number
  readonly finished: TestStepFinished[]
  record: VerdictRecord | null
}

/** Whether a run would take examples if they had rows. */
export type IsChosen = (examples: UnfilledExamples) => boolean

/** Gathers cucumber's messages into a `RunRecord`. */
export class Collector {
  readonly #sources = new Map<string, string>()
  readonly #documents = new Map<string, GherkinIndex>()
  readonly #pickles = new Map<string, Pickle>()
  readonly #testCases = new Map<string, TestCase>()
  /** Those that have not come to their end. */
  readonly #unfinished = new Set<string>()
  readonly #hooks = new Map<string, string>()
  readonly #attempts = new Map<string, Attempt>()
  readonly #sentences = new Sentences()
  readonly #scenarios: ScenarioRecord[] = []
  readonly #undefined = new Map<string, UndefinedStep>()
  readonly #parseErrors: { uri: string; message: string }[] = []
  readonly #hookErrors: string[] = []
  #startedMs = 0
  /** Cucumber does not say what it chose scenarios by: untold, examples without rows count where it took every scenario. */
  chooses: IsChosen = ({ tags }) => tags === null || this.#testCases.size === this.#pickles.size
  #durationMs = 0

  /** @returns the scenario that this message brought to its end, if it did */
  take(envelope: Envelope): ScenarioRecord | undefined {
    this.#takeDefinitions(envelope)
    return this.#takeRun(envelope)
  }

  get record(): RunRecord {
    return {
      scenarios: this.#scenarios,
      undefinedSteps: [...this.#undefined.values()],
      parseErrors: this.#parseErrors,
      hookErrors: this.#hookErrors,
      durationMs: this.#durationMs,
    }
  }

  #takeDefinitions(envelope: Envelope): void {
    if (envelope.source) this.#sources.set(envelope.source.uri, envelope.source.data)
    else if (envelope.gherkinDocument?.uri) this.#index(envelope.gherkinDocument, envelope.gherkinDocument.uri)
    else if (envelope.pickle) this.#pickles.set(envelope.pickle.id, envelope.pickle)
    else if (envelope.testCase) this.#plan(envelope.testCase)
    else if (envelope.hook) this.#hooks.set(envelope.hook.id, envelope.hook.type === 'BEFORE_TEST_CASE' ? 'Before' : 'After')
    else if (envelope.stepDefinition ?? envelope.parameterType) this.#sentences.take(envelope)
    else if (envelope.parseError)
      this.#parseErrors.push({ uri: envelope.parseError.source.uri ?? '', message: plainParseError(envelope.parseError.message) })
  }

  #takeRun(envelope: Envelope): ScenarioRecord | undefined {
    const { testRunStarted, testRunHookFinished, testCaseStarted, attachment, testStepFinished, testCaseFinished, testRunFinished } = envelope
    if (testRunStarted) this.#startedMs = milliseconds(testRunStarted.timestamp)
    else if (testRunFinished) this.#endRun(milliseconds(testRunFinished.timestamp))
    else if (testRunHookFinished && !['PASSED', 'SKIPPED'].includes(testRunHookFinished.result.status))
      this.#hookErrors.push(failureText(testRunHookFinished.result) ?? '')
    else if (testCaseStarted) {
      const testCase = this.#testCases.get(testCaseStarted.testCaseId)!
      this.#attempts.set(testCaseStarted.id, { testCase, startedMs: milliseconds(testCaseStarted.timestamp), finished: [], record: null })
    } else if (attachment?.testCaseStartedId) this.#takeAttachment(attachment, attachment.testCaseStartedId)
    else if (testStepFinished) this.#attempts.get(testStepFinished.testCaseStartedId)!.finished.push(testStepFinished)
    else if (testCaseFinished)
      return this.#finish(testCaseFinished.testCaseStartedId, milliseconds(testCaseFinished.timestamp), testCaseFinished.willBeRetried)
    return undefined
  }

  #index(document: GherkinDocument, uri: string): void {
    this.#documents.set(uri, indexDocument(document, this.#sources.get(uri) ?? ''))
    this.#sources.delete(uri)
  }

  #plan(testCase: TestCase): void {
    this.#testCases.set(testCase.id, testCase)
    this.#unfinished.add(testCase.id)
  }

  /** A scenario whose process died has no end of its own, and must not be missing. */
  #endRun(endedMs: number): void {
    this.#durationMs = endedMs - this.#startedMs
    const begun = new Map([...this.#attempts.values()].map((attempt) => [attempt.testCase.id, attempt]))
    for (const testCaseId of this.#unfinished) {
      const testCase = this.#testCases.get(testCaseId)!
      const attempt = begun.get(testCaseId) ?? { testCase, startedMs: endedMs, finished: [], record: null }
      const scenario = this.#scenarioRecord(this.#pickles.get(testCase.pickleId)!, attempt, endedMs - attempt.startedMs)
      this.#scenarios.push({ ...scenario, verdict: 'interrupted', reasons: ['the process that was to run it has ended'] })
    }
    for (const { unfilled } of this.#documents.values()) for (const examples of unfilled) if (this.chooses(examples)) this.#insert(recordOf(examples))
  }

  /** Behind those that stand before it in its file. */
  #insert(scenario: ScenarioRecord): void {
    const before = this.#scenarios.findLastIndex(({ uri, line }) => uri === scenario.uri && line < scenario.line)
    const first = this.#scenarios.findIndex(({ uri }) => uri === scenario.uri)
    const at = before >= 0 ? before + 1 : first >= 0 ? first : this.#scenarios.length
    this.#scenarios.splice(at, 0, scenario)
  }

  #takeAttachment(attachment: Attachment, testCaseStartedId: string): void {
    if (attachment.mediaType !== verdictMediaType) return
    const text = attachment.contentEncoding === 'BASE64' ? Buffer.from(attachment.body, 'base64').toString('utf8') : attachment.body
    this.#attempts.get(testCaseStartedId)!.record = JSON.parse(text) as VerdictRecord
  }

  #finish(testCaseStartedId: string, endedMs: number, willBeRetried: boolean): ScenarioRecord | undefined {
    const attempt = this.#attempts.get(testCaseStartedId)!
    this.#attempts.delete(testCaseStartedId)
    if (willBeRetried) return undefined
    this.#unfinished.delete(attempt.testCase.id)
    const pickle = this.#pickles.get(attempt.testCase.pickleId)!
    const scenario = this.#scenarioRecord(pickle, attempt, endedMs - attempt.startedMs)
    this.#scenarios.push(scenario)
    this.#noteUndefined(scenario)
    return scenario
  }

  #scenarioRecord(pickle: Pickle, attempt: Attempt, durationMs: number): ScenarioRecord {
    const document = this.#documents.get(pickle.uri)
    const [outline, place] = [pickle.astNodeIds.at(-2), pickle.astNodeIds.at(-1)].map((id) => document?.places.get(id ?? ''))
    const hides = attempt.record?.hidesValues === true
    const taken = attempt.finished.map((finished) => this.#stepRecord(pickle, attempt.testCase, finished, hides)).filter(isOfInterest)
    const passedOver = (place?.described ?? []).filter(({ text }) => this.#sentences.read(text))
    const steps = [...(place?.unfilled ? [place.unfilled] : []), ...passedOver.map((step) => describedRecord(step, hides)), ...taken]
    const verdict = judge(steps, attempt.record)
    return {
      uri: pickle.uri,
      line: place?.line ?? 1,
      outlineLine: outline?.line ?? null,
      feature: document?.feature ?? '',
      rule: place?.rule ?? null,
      name: nameWithExample(hides ? shownSentence(pickle.name) : pickle.name, place?.example ?? null, hides),
      tags: pickle.tags.map((tag) => tag.name),
      steps,
      verdict,
      reasons: verdict === 'passed' ? [] : reasonsOf(steps, attempt.record),
      record: attempt.record,
      durationMs,
    }
  }

  #stepRecord(pickle: Pickle, testCase: TestCase, finished: TestStepFinished, hides: boolean): StepRecord {
    const testStep = testCase.testSteps.find((step) => step.id === finished.testStepId)!
    const pickleStep = pickle.steps.find((step) => step.id === testStep.pickleStepId)
    const { testStepResult } = finished
    return {
      ...this.#sentence(pickle.uri, pickleStep, testStep.hookId, hides),
      argument: argumentLines(hides && pickleStep ? shownArgument(pickleStep.text, pickleStep.argument) : pickleStep?.argument),
      status: testStepResult.status.toLowerCase() as StepStatus,
      message: failureText(testStepResult, pickleStep?.argument !== undefined),
      durationMs: testStepResult.duration.seconds * 1e3 + testStepResult.duration.nanos / 1e6,
    }
  }

  #sentence(
    uri: string,
    pickleStep: PickleStep | undefined,
    hookId: string | undefined,
    hides: boolean,
  ): Pick<StepRecord, 'keyword' | 'text' | 'line'> {
    if (!pickleStep) return { keyword: this.#hooks.get(hookId ?? '') ?? 'Hook', text: '', line: null }
    const step = this.#documents.get(uri)?.steps.get(pickleStep.astNodeIds[0] ?? '')
    return { keyword: step?.keyword.trim() ?? '*', text: hides ? shownSentence(pickleStep.text) : pickleStep.text, line: step?.location.line ?? null }
  }

  #noteUndefined({ uri, steps }: ScenarioRecord): void {
    for (const { status, text, line, message } of steps) {
      if (status !== 'undefined' || message !== null) continue
      const key = `${uri}:${line}:${text}`
      if (!this.#undefined.has(key)) this.#undefined.set(key, { uri, line: line ?? 1, text, suggestions: this.#sentences.like(text) })
    }
  }
}

function recordOf({ step, ...examples }: UnfilledExamples): ScenarioRecord {
  return { ...examples, tags: examples.tags ?? [], steps: [step], verdict: 'invalid', reasons: [step.message!], record: null, durationMs: 0 }
}

/** A hook that passed is of no interest to a reader. */
function isOfInterest(step: StepRecord): boolean {
  return step.text !== '' || (step.status !== 'passed' && step.message !== null)
}

/** The World's own word counts where it is worse than a pass; cucumber's does for everything else. */
function judge(steps: readonly StepRecord[], record: VerdictRecord | null): ScenarioVerdict {
  if (!steps.some((step) => step.line !== null) || steps.some((step) => step.status === 'undefined' || step.status === 'ambiguous')) return 'invalid'
  if (record && record.verdict !== 'passed') return record.verdict
  if (steps.some((step) => step.status === 'failed' || step.status === 'pending')) return 'failed'
  return steps.some((step) => step.status === 'skipped') ? 'not-supported' : 'passed'
}

function reasonsOf(steps: readonly StepRecord[], record: VerdictRecord | null): readonly string[] {
  if (!steps.some((step) => step.line !== null)) return ['the scenario has no steps: its lines begin with Given, When, Then, And, But or *']
  const wrong = steps.find(({ status, message }) => status === 'undefined' && message !== null)
  if (wrong) return [wrong.message!]
  if (record && record.reasons.length > 0) return record.reasons
  const worst = steps.find((step) => step.status !== 'passed')
  if (!worst) return []
  if (worst.message) return [worst.message]
  if (worst.status === 'undefined') return [`no sentence of the vocabulary reads "${worst.text}"`]
  return [worst.status === 'skipped' ? 'a step skipped the scenario without a reason' : worst.status]
}

/** Gherkin repeats the position in front of its sentence; the reports print it themselves. */
function plainParseError(message: string): string {
  return message.trim()
}

function milliseconds(timestamp: { readonly seconds: number; readonly nanos: number }): number {
  return timestamp.seconds * 1e3 + timestamp.nanos / 1e6
}
