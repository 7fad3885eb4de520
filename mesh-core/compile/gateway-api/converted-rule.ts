import type { Rule } from '../rules/virtual-service.ts'
import type { Converted } from './attached-route.ts'
import type { Problem } from './conditions.ts'

/** The rule of a route in Istio's form, one for each match. */
export type ConvertedRule = Converted<Rule>

export function failedRule(problem: Problem): ConvertedRule {
  return { rule: null, problems: [problem] }
}
