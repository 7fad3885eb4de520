import type { Grouping } from './expression.ts'
import { keyOf, only, QueryNotModelled, QueryProblem, without, withoutName } from './value.ts'
import type { Labels, Sample } from './value.ts'

type Reduce = (values: readonly number[], parameter: number) => number

const reductions: Readonly<Record<string, Reduce>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  avg: mean,
  min: (values) => values.reduce(smaller),
  max: (values) => values.reduce(greater),
  count: (values) => values.length,
  group: () => 1,
  quantile: (values, q) => quantileOf(values, q),
  stdvar: variance,
  stddev: (values) => Math.sqrt(variance(values)),
}

/** Those that keep series as they are. */
const choices: Readonly<Record<string, (a: number, b: number) => number>> = { topk: (a, b) => b - a, bottomk: (a, b) => a - b }

/** Aggregations whose first argument is a number. */
export const takesParameter: ReadonlySet<string> = new Set(['quantile', 'topk', 'bottomk'])

/** Source: Prometheus, `promql/engine.go` aggregation. @throws QueryNotModelled */
export function aggregate(name: string, samples: readonly Sample[], grouping: Grouping, parameter: number): readonly Sample[] {
  const groups = new Map<string, { readonly labels: Labels; readonly members: Sample[] }>()
  for (const sample of samples) {
    const labels = groupOf(sample.labels, grouping)
    const key = keyOf(labels)
    const group = groups.get(key) ?? { labels, members: [] }
    groups.set(key, group)
    group.members.push(sample)
  }
  const order = choices[name]
  if (order) return [...groups.values()].flatMap(({ members }) => firstOf(members, order, parameter))
  const reduce = reductions[name]
  if (!reduce) throw new QueryNotModelled(`the aggregation ${name} is not modelled`)
  return [...groups.values()].map(({ labels, members }) => ({ labels, value: reduce(valuesOf(members), parameter) }))
}

function groupOf(labels: Labels, { isWithout, labels: names }: Grouping): Labels {
  return isWithout ? without(withoutName(labels), names) : only(labels, names)
}

function firstOf(members: readonly Sample[], order: (a: number, b: number) => number, count: number): readonly Sample[] {
  if (Number.isNaN(count)) throw new QueryProblem('how many series are meant is no number')
  return members.toSorted((a, b) => order(a.value, b.value)).slice(0, Math.max(0, Math.trunc(count)))
}

function valuesOf(samples: readonly Sample[]): readonly number[] {
  return samples.map(({ value }) => value)
}

/** What is no number is neither the smallest nor the greatest. */
function smaller(a: number, b: number): number {
  return Number.isNaN(a) || b < a ? b : a
}

function greater(a: number, b: number): number {
  return Number.isNaN(a) || b > a ? b : a
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function variance(values: readonly number[]): number {
  const middle = mean(values)
  return mean(values.map((value) => (value - middle) ** 2))
}

/** Between the two nearest. Source: Prometheus, `promql/quantile.go` quantile. */
export function quantileOf(values: readonly number[], q: number): number {
  if (values.length === 0 || Number.isNaN(q)) return NaN
  if (q < 0) return -Infinity
  if (q > 1) return Infinity
  const sorted = values.toSorted((a, b) => a - b)
  const rank = q * (sorted.length - 1)
  const below = Math.floor(rank)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! * (1 - (rank - below)) + sorted[above]! * (rank - below)
}
