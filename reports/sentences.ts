import { CucumberExpression, type Expression, ParameterType, ParameterTypeRegistry, RegularExpression } from '@cucumber/cucumber-expressions'
import { type Envelope, type StepDefinitionPattern, StepDefinitionPatternType } from '@cucumber/messages'
import { suggestSteps } from './suggest.ts'

/** Those that steps are defined for. */
export class Sentences {
  readonly #patterns: StepDefinitionPattern[] = []
  readonly #types = new ParameterTypeRegistry()
  #readers: readonly Expression[] | null = null

  take({ stepDefinition, parameterType }: Envelope): void {
    if (stepDefinition) this.#patterns.push(stepDefinition.pattern)
    // Its regular expressions are all that counts here.
    else if (parameterType)
      this.#types.defineParameterType(new ParameterType(parameterType.name, parameterType.regularExpressions, null, (text) => text, false, false))
    this.#readers = null
  }

  /** Whether one reads a text as a whole. */
  read(text: string): boolean {
    this.#readers ??= this.#patterns.map((pattern) => readerOf(pattern, this.#types))
    return this.#readers.some((reader) => reader.match(text) !== null)
  }

  /** @returns what may have been meant */
  like(text: string): string[] {
    return suggestSteps(
      text,
      this.#patterns.map(({ source }) => source),
    )
  }
}

function readerOf({ source, type }: StepDefinitionPattern, types: ParameterTypeRegistry): Expression {
  return type === StepDefinitionPatternType.REGULAR_EXPRESSION
    ? new RegularExpression(new RegExp(source), types)
    : new CucumberExpression(source, types)
}
