import type { Envelope } from '@cucumber/messages'
import { sentencePattern } from './described-steps.ts'
import { suggestSteps } from './suggest.ts'

/** Those that steps are defined for. */
export class Sentences {
  readonly #expressions: string[] = []
  readonly #types = new Map<string, readonly string[]>()
  #patterns: readonly RegExp[] | null = null

  take({ stepDefinition, parameterType }: Envelope): void {
    if (stepDefinition) this.#expressions.push(stepDefinition.pattern.source)
    else if (parameterType) this.#types.set(parameterType.name, parameterType.regularExpressions)
    this.#patterns = null
  }

  /** Whether one reads a text as a whole. */
  read(text: string): boolean {
    this.#patterns ??= this.#expressions.map((expression) => sentencePattern(expression, this.#types))
    return this.#patterns.some((pattern) => pattern.test(text))
  }

  /** @returns what may have been meant */
  like(text: string): string[] {
    return suggestSteps(text, this.#expressions)
  }
}
