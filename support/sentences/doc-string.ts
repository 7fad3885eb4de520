import type { ITestCaseHookParameter } from '@cucumber/cucumber'

type Pickle = ITestCaseHookParameter['pickle']
type GherkinDocument = ITestCaseHookParameter['gherkinDocument']

/** Where a doc string's text stands in its feature file; both are added to positions in the text. */
export interface DocStringPlace {
  readonly lineOffset: number
  readonly columnOffset: number
}

/** Finds doc strings of one scenario in its feature file, in the order in which its steps use them. */
export class DocStrings {
  readonly #pickle: Pickle
  readonly #document: GherkinDocument
  readonly #used = new Set<Pickle['steps'][number]>()

  constructor(pickle: Pickle, document: GherkinDocument) {
    this.#pickle = pickle
    this.#document = document
  }

  /** @returns zeros for a text that is in no step, such as one that a user's own step made */
  place(text: string): DocStringPlace {
    const step = this.#pickle.steps.find((one) => one.argument?.docString?.content === text && !this.#used.has(one))
    if (step === undefined) return { lineOffset: 0, columnOffset: 0 }
    this.#used.add(step)
    const location = stepsOf(this.#document).find(({ id }) => step.astNodeIds.includes(id))?.docString?.location
    // The text begins on the line after the delimiter, and its indentation, which is cut off, is the delimiter's.
    return { lineOffset: location?.line ?? 0, columnOffset: (location?.column ?? 1) - 1 }
  }
}

function stepsOf({ feature }: GherkinDocument) {
  const children = feature?.children ?? []
  const all = [...children, ...children.flatMap(({ rule }) => rule?.children ?? [])]
  return all.flatMap(({ background, scenario }) => [...(background?.steps ?? []), ...(scenario?.steps ?? [])])
}
