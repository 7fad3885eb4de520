import type { Outcome } from './comparison.ts'
import type { StepRecord } from './run-record.ts'

/** One step, with what became of it on each target. */
export interface ComparedStep extends Pick<StepRecord, 'keyword' | 'text' | 'argument'> {
  /** In the order of the targets; `null`: the target did not come to it. */
  readonly cells: readonly (StepRecord | null)[]
  readonly messages: readonly StepMessage[]
}

export interface StepMessage {
  /** Who says it; several where all say the same. */
  readonly targets: readonly string[]
  readonly message: string
}

/** The steps of a scenario on all targets. Hooks that failed are in the row of their kind. */
export function compareSteps(outcomes: readonly Outcome[]): readonly ComparedStep[] {
  const rows = new Map<string, (StepRecord | null)[]>()
  outcomes.forEach(({ scenario }, index) => {
    for (const step of scenario?.steps ?? []) {
      const key = `${step.line} ${step.keyword} ${step.text}`
      const cells = rows.get(key) ?? outcomes.map(() => null)
      cells[index] = step
      rows.set(key, cells)
    }
  })
  return [...rows.values()].map((cells) => {
    const { keyword, text, argument } = cells.find((cell) => cell !== null)!
    return { keyword, text, argument, cells, messages: messagesOf(outcomes, cells) }
  })
}

function messagesOf(outcomes: readonly Outcome[], cells: readonly (StepRecord | null)[]): readonly StepMessage[] {
  const byMessage = new Map<string, string[]>()
  cells.forEach((cell, index) => {
    if (cell?.message) byMessage.set(cell.message, [...(byMessage.get(cell.message) ?? []), outcomes[index]!.target])
  })
  return [...byMessage].map(([message, targets]) => ({ targets, message }))
}

/** Why a target says what it says, where no step tells it. */
export function untoldReasons({ scenario }: Outcome): readonly string[] {
  if (!scenario || scenario.steps.some(({ message }) => message !== null)) return []
  return scenario.reasons
}
