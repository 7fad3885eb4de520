/** One figure of a benchmark. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What is to be reached: `atMost` or `atLeast` in the unit of the figure. */
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number }
}

export interface Benchmark {
  readonly name: string
  /** What is measured beside what. */
  readonly about: string
  /** Why it cannot run here; `null` when it can. */
  readonly unable?: () => string | null | Promise<string | null>
  run(): Promise<readonly Figure[]> | readonly Figure[]
}

export function describeFigure({ what, value, unit, goal }: Figure): string {
  return `  ${what}: ${rounded(value)} ${unit}${goal ? `  ${describeGoal(value, goal)}` : ''}`
}

function describeGoal(value: number, goal: NonNullable<Figure['goal']>): string {
  const [limit, met, words] = 'atMost' in goal ? [goal.atMost, value <= goal.atMost, 'at most'] : [goal.atLeast, value >= goal.atLeast, 'at least']
  return `(${met ? 'reached' : 'MISSED'}: ${words} ${rounded(limit)})`
}

function rounded(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
