import type { Envelope, Examples, FeatureChild, GherkinDocument, Pickle, Source, Step, TableCell, TableRow } from '@cucumber/messages'
import { hidden } from '../support/runs/secrets.ts'
import { shownArgument, shownRows, shownSentence, shownText } from './hidden-steps.ts'

/**
 * Features as the messages of a run against a live mesh may tell them: the same sentences, without values of headers and tokens. A source is told once it
 * is known where in it such values stand.
 */
export class HiddenFeatures {
  readonly #sources = new Map<string, Source>()

  /** @returns what may be told now, in the place of the message */
  take(envelope: Envelope): readonly Envelope[] {
    const { source, gherkinDocument, pickle, parseError } = envelope
    if (source) {
      this.#sources.set(source.uri, source)
      return []
    }
    if (gherkinDocument) return [...this.#release(gherkinDocument), { gherkinDocument: shownDocument(gherkinDocument).document }]
    if (pickle) return [{ pickle: shownPickle(pickle) }]
    // What is no Gherkin is not told at all: nobody knows what in it is a value.
    if (parseError) return [{ parseError: { ...parseError, message: shownText(parseError.message) } }]
    return [envelope]
  }

  #release(document: GherkinDocument): readonly Envelope[] {
    const source = this.#sources.get(document.uri ?? '')
    if (!source) return []
    this.#sources.delete(source.uri)
    return [{ source: { ...source, data: shownSource(source.data, shownDocument(document).cells) } }]
  }
}

interface Shown {
  readonly document: GherkinDocument
  /** Whose values are hidden. */
  readonly cells: readonly TableCell[]
}

function shownDocument(document: GherkinDocument): Shown {
  const cells: TableCell[] = []
  const hide = (cell: TableCell): TableCell => {
    cells.push(cell)
    return { ...cell, value: hidden }
  }
  const feature = document.feature && { ...document.feature, children: document.feature.children.map((child) => shownChild(child, hide)) }
  return { document: { ...document, ...(feature && { feature }) }, cells }
}

type Hide = (cell: TableCell) => TableCell

function shownChild(child: FeatureChild, hide: Hide): FeatureChild {
  const { background, scenario, rule } = child
  return {
    ...(background && { background: { ...background, steps: background.steps.map((step) => shownStep(step, hide)) } }),
    ...(scenario && {
      scenario: {
        ...scenario,
        name: shownSentence(scenario.name),
        steps: scenario.steps.map((step) => shownStep(step, hide)),
        examples: scenario.examples.map((examples) => shownExamples(examples, columnsOfValues(scenario.steps), hide)),
      },
    }),
    ...(rule && { rule: { ...rule, children: rule.children.map((one) => shownChild(one, hide)) } }),
  }
}

function shownStep(step: Step, hide: Hide): Step {
  const { docString, dataTable, text } = step
  return {
    ...step,
    text: shownSentence(text),
    ...(docString && { docString: { ...docString, content: shownText(docString.content) } }),
    ...(dataTable && { dataTable: { ...dataTable, rows: [...shownRows(text, dataTable.rows, hide)] } }),
  }
}

/** Placeholders whose values stand where values are hidden. */
function columnsOfValues(steps: readonly Step[]): ReadonlySet<string> {
  const places = steps.flatMap((step) => {
    const before = { sentence: step.text, cells: step.dataTable?.rows.flatMap(({ cells }) => cells.map(({ value }) => value)) ?? [] }
    const after: string[] = []
    const shown = shownStep(step, (cell) => (after.push(cell.value), cell))
    return [...after, ...(shown.text === before.sentence ? [] : [before.sentence])]
  })
  return new Set(places.flatMap((text) => [...text.matchAll(/<([^>]+)>/g)].map(([, name]) => name!)))
}

function shownExamples(examples: Examples, columns: ReadonlySet<string>, hide: Hide): Examples {
  const names = examples.tableHeader?.cells.map(({ value }) => value) ?? []
  const tableBody = examples.tableBody.map((row): TableRow => ({
    ...row,
    cells: row.cells.map((cell, i) => (columns.has(names[i]!) || shownText(cell.value) !== cell.value ? hide(cell) : cell)),
  }))
  return { ...examples, tableBody }
}

function shownPickle(pickle: Pickle): Pickle {
  return {
    ...pickle,
    name: shownSentence(pickle.name),
    steps: pickle.steps.map(({ argument, ...step }) => ({
      ...step,
      text: shownSentence(step.text),
      ...(argument && { argument: shownArgument(step.text, argument)! }),
    })),
  }
}

/** The text of a feature, line by line. @param cells whose values are not told */
function shownSource(data: string, cells: readonly TableCell[]): string {
  const lines = data.split('\n')
  // From right to left: what stands before a cell stays where it is.
  for (const { location } of cells.toSorted((a, b) => (b.location.column ?? 0) - (a.location.column ?? 0))) {
    const line = lines[location.line - 1]!
    const at = (location.column ?? 1) - 1
    lines[location.line - 1] = `${line.slice(0, at)}${line.slice(at).replace(/^(?:\\.|[^|\\])*/, `${hidden} `)}`
  }
  return shownText(lines.map(shownSentence).join('\n'))
}
