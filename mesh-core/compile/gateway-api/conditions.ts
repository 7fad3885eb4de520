/** Of a status. Source: Kubernetes `metav1.Condition`. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number
}

/** What is wrong, by the reason that the specification has for it. */
export interface Problem {
  readonly reason: string
  readonly message: string
}

/** What the specification calls a value that the implementation does not know: it is about the rule, not about what the rule refers to. */
export const unsupportedValue = 'UnsupportedValue'

/** True with `reason` when there is no problem, else False with the problem's. */
export function condition(type: string, reason: string, problem: Problem | null, observedGeneration: number): Condition {
  return problem
    ? { type, status: 'False', ...problem, observedGeneration }
    : { type, status: 'True', reason, message: 'no errors found', observedGeneration }
}

/** A condition that is True when something is wrong. */
export function complaint(type: string, reason: string, problem: Problem | null, observedGeneration: number): Condition {
  return problem
    ? { type, status: 'True', ...problem, observedGeneration }
    : { type, status: 'False', reason, message: 'no errors found', observedGeneration }
}
