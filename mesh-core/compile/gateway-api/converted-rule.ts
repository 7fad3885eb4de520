import type { Rule } from '../virtual-service.ts'
import type { Problem } from './conditions.ts'

/** The rule of a route in Istio's form, one for each match. */
export interface ConvertedRule {
  /** `null`: for a hard error; then nothing of the route is done. */
  readonly rule: Rule | null
  readonly problems: readonly Problem[]
}

export function failedRule(problem: Problem): ConvertedRule {
  return { rule: null, problems: [problem] }
}
