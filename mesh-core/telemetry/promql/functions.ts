import { RE2JS } from 're2js'
import { mean, quantileOf } from './aggregation.ts'
import { increaseOf, lastRateOf } from './counter-rate.ts'
import { histogramQuantile } from './histogram-quantile.ts'
import { keyOf, QueryNotModelled, QueryProblem, withoutName } from './value.ts'
import type { Labels, Range, Sample, Value } from './value.ts'

/** What a function knows besides its arguments. */
export interface Moment {
  readonly atMs: number
}

type Call = (args: readonly Value[], moment: Moment) => Value

/** Of a counter's window. */
type OfRange = (range: Range, startMs: number, endMs: number) => number | null

const ofRange: Readonly<Record<string, OfRange>> = {
  increase: increaseOf,
  rate: (range, startMs, endMs) => {
    const increase = increaseOf(range, startMs, endMs)
    return increase === null ? null : increase / ((endMs - startMs) / 1000)
  },
  irate: lastRateOf,
  sum_over_time: (range) => valuesOf(range).reduce((sum, value) => sum + value, 0),
  avg_over_time: (range) => mean(valuesOf(range)),
  min_over_time: (range) => Math.min(...valuesOf(range)),
  max_over_time: (range) => Math.max(...valuesOf(range)),
  count_over_time: ({ points }) => points.length,
  last_over_time: lastOf,
}

const ofNumber: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
}

const others: Readonly<Record<string, Call>> = {
  round: ([input, to]) => {
    const nearest = to ? scalar(to) : 1
    // Halves go up, below zero, too.
    return mapped(input, (value) => Math.floor(value / nearest + 0.5) * nearest)
  },
  clamp: ([input, min, max]) => mapped(input, (value) => Math.max(scalar(min), Math.min(scalar(max), value))),
  clamp_min: ([input, min]) => mapped(input, (value) => Math.max(scalar(min), value)),
  clamp_max: ([input, max]) => mapped(input, (value) => Math.min(scalar(max), value)),
  histogram_quantile: ([q, buckets]) => ({ type: 'vector', samples: histogramQuantile(scalar(q), vector(buckets)) }),
  quantile_over_time: ([q, ranges]) => overRanges(ranges, (range) => quantileOf(valuesOf(range), scalar(q))),
  time: (_, { atMs }) => ({ type: 'scalar', value: atMs / 1000 }),
  vector: ([value]) => ({ type: 'vector', samples: [{ labels: {}, value: scalar(value) }] }),
  scalar: ([input]) => {
    const samples = vector(input)
    return { type: 'scalar', value: samples.length === 1 ? samples[0]!.value : NaN }
  },
  sort: ([input]) => ({ type: 'vector', samples: vector(input).toSorted((a, b) => a.value - b.value) }),
  sort_desc: ([input]) => ({ type: 'vector', samples: vector(input).toSorted((a, b) => b.value - a.value) }),
  label_replace: ([input, target, replacement, source, pattern]) => {
    const regex = RE2JS.compile(text(pattern))
    return relabelled(input, text(target), (labels) => {
      const matcher = regex.matcher(labels[text(source)] ?? '')
      return matcher.matches() ? expanded(text(replacement), (group) => groupOf(matcher, group)) : null
    })
  },
  label_join: ([input, target, separator, ...names]) =>
    relabelled(input, text(target), (labels) => names.map((name) => labels[text(name)] ?? '').join(text(separator))),
}

/** Least and most arguments, where they are not one. */
const arity: Readonly<Record<string, readonly [number, number]>> = {
  round: [1, 2],
  clamp: [3, 3],
  clamp_min: [2, 2],
  clamp_max: [2, 2],
  histogram_quantile: [2, 2],
  quantile_over_time: [2, 2],
  time: [0, 0],
  label_replace: [5, 5],
  label_join: [3, Infinity],
}

/** Source: Prometheus, `promql/functions.go`. @throws QueryProblem, QueryNotModelled */
export function callFunction(name: string, args: readonly Value[], moment: Moment): Value {
  const [least, most] = arity[name] ?? [1, 1]
  if (args.length < least || args.length > most)
    throw new QueryProblem(`${name} does not take ${args.length} argument${args.length === 1 ? '' : 's'}`)
  const range = ofRange[name]
  if (range) return overRanges(args[0], range)
  const number = ofNumber[name]
  if (number) return mapped(args[0], number)
  const other = others[name]
  if (!other) throw new QueryNotModelled(`the function ${name} is not modelled`)
  return other(args, moment)
}

function overRanges(value: Value | undefined, of: OfRange): Value {
  if (value?.type !== 'matrix') throw new QueryProblem(`a range is wanted, as in x[5m], not ${value?.type ?? 'nothing'}`)
  const { ranges, windowMs, endMs } = value
  const samples = ranges.flatMap((range) => {
    const result = of(range, endMs - windowMs, endMs)
    // What is a value of the metric itself keeps its name.
    const labels = of === lastOf ? range.labels : withoutName(range.labels)
    return result === null ? [] : [{ labels, value: result }]
  })
  return { type: 'vector', samples: distinct(samples) }
}

function mapped(value: Value | undefined, map: (value: number) => number): Value {
  return { type: 'vector', samples: vector(value).map((sample) => ({ labels: withoutName(sample.labels), value: map(sample.value) })) }
}

/** @param label gives the new value; `null` leaves the series as it is */
function relabelled(value: Value | undefined, target: string, label: (labels: Labels) => string | null): Value {
  const samples = vector(value).map((sample) => {
    const found = label(sample.labels)
    if (found === null) return sample
    const { [target]: _, ...labels } = sample.labels
    return { labels: found === '' ? labels : { ...labels, [target]: found }, value: sample.value }
  })
  return { type: 'vector', samples: distinct(samples) }
}

/** @throws QueryProblem where series have become one */
function distinct(samples: readonly Sample[]): readonly Sample[] {
  if (new Set(samples.map(({ labels }) => keyOf(labels))).size < samples.length)
    throw new QueryProblem('vector cannot contain metrics with the same labelset')
  return samples
}

function groupOf(matcher: { readonly groupCount: () => number; readonly group: (index: number) => string | null }, group: string): string {
  const index = Number(group)
  return Number.isInteger(index) && index <= matcher.groupCount() ? (matcher.group(index) ?? '') : ''
}

/** `$1`, `${1}`; `$$` is a dollar. */
function expanded(template: string, group: (name: string) => string): string {
  return template.replaceAll(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare: string | undefined, braced: string | undefined) =>
    whole === '$$' ? '$' : group(bare ?? braced ?? ''),
  )
}

function lastOf({ points }: Range): number {
  return points.at(-1)!.value
}

function valuesOf({ points }: Range): readonly number[] {
  return points.map(({ value }) => value)
}

function scalar(value: Value | undefined): number {
  if (value?.type !== 'scalar') throw new QueryProblem(`a number is wanted, not ${value?.type ?? 'nothing'}`)
  return value.value
}

function text(value: Value | undefined): string {
  if (value?.type !== 'string') throw new QueryProblem(`a text is wanted, not ${value?.type ?? 'nothing'}`)
  return value.value
}

function vector(value: Value | undefined): readonly Sample[] {
  if (value?.type !== 'vector') throw new QueryProblem(`an instant vector is wanted, not ${value?.type ?? 'nothing'}`)
  return value.samples
}
