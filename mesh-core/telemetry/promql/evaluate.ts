import { compileRegex } from '../../match/string.ts'
import { aggregate, takesParameter } from './aggregation.ts'
import { readQuery } from './expression.ts'
import type { Expression, LabelMatcher, Selector } from './expression.ts'
import { callFunction } from './functions.ts'
import { operate } from './operators.ts'
import { keyOf, QueryProblem, withoutName } from './value.ts'
import type { Labels, Point, Range, Sample, Value } from './value.ts'

/** A series of a counter, as it stands whenever it is asked. */
export interface Series {
  readonly labels: Labels
  /** `null` while nothing has been counted. */
  valueAt(ms: number): number | null
}

/** All series of a metric; of all of them when no name is meant. */
export interface SeriesSource {
  readonly series: (name: string | null) => readonly Series[]
  /** ms between two values that a range is made of. */
  readonly stepMs: number
}

/**
 * What a query gives at a time: the samples of a vector, or the one of a scalar. A counter stood at zero before it first counted, so that what a scenario
 * sends is all within the range that looks back on it.
 * @throws QueryProblem, QueryNotModelled
 */
export function query(text: string, source: SeriesSource, atMs: number): readonly Sample[] {
  const value = new Evaluation(source).evaluate(readQuery(text), atMs)
  switch (value.type) {
    case 'vector':
      return value.samples
    case 'scalar':
      return [{ labels: {}, value: value.value }]
    default:
      throw new QueryProblem(`${JSON.stringify(text)} gives a ${value.type === 'matrix' ? 'range' : 'text'}; a number or an instant vector is wanted`)
  }
}

class Evaluation {
  readonly #source: SeriesSource

  constructor(source: SeriesSource) {
    this.#source = source
  }

  evaluate(expression: Expression, atMs: number): Value {
    const of = (one: Expression): Value => this.evaluate(one, atMs)
    switch (expression.kind) {
      case 'number':
        return { type: 'scalar', value: expression.value }
      case 'text':
        return { type: 'string', value: expression.value }
      case 'selector':
        return { type: 'vector', samples: this.#instant(expression, atMs) }
      case 'matrix':
        return this.#matrix(expression.selector, expression.windowMs, atMs)
      case 'subquery':
        return this.#subquery(expression, atMs)
      case 'negate':
        return negated(of(expression.of))
      case 'call':
        return this.#call(expression, atMs)
      case 'aggregate':
        return this.#aggregate(expression, atMs)
      case 'binary':
        return operate(expression, of(expression.left), of(expression.right))
    }
  }

  #instant(selector: Selector, atMs: number): readonly Sample[] {
    return this.#select(selector).flatMap((series) => {
      const value = series.valueAt(atMs)
      return value === null ? [] : [{ labels: series.labels, value }]
    })
  }

  #matrix(selector: Selector, windowMs: number, endMs: number): Value {
    const ranges = this.#select(selector)
      .filter((series) => series.valueAt(endMs) !== null)
      .map((series) => ({ labels: series.labels, points: timesOf(endMs, windowMs, this.#source.stepMs).map((ms) => pointAt(series, ms)) }))
    return { type: 'matrix', ranges, windowMs, endMs }
  }

  #subquery({ of, windowMs, stepMs }: Expression & { readonly kind: 'subquery' }, endMs: number): Value {
    const ranges = new Map<string, { readonly labels: Labels; readonly points: Point[] }>()
    for (const ms of timesOf(endMs, windowMs, stepMs)) {
      const value = this.evaluate(of, ms)
      if (value.type === 'string' || value.type === 'matrix') throw new QueryProblem(`a subquery is of an instant vector, not of a ${value.type}`)
      for (const { labels, value: own } of value.type === 'scalar' ? [{ labels: {}, value: value.value }] : value.samples) {
        const range = ranges.get(keyOf(labels)) ?? { labels, points: [] }
        ranges.set(keyOf(labels), range)
        range.points.push({ atMs: ms, value: own })
      }
    }
    return { type: 'matrix', ranges: [...ranges.values()] satisfies readonly Range[], windowMs, endMs }
  }

  #call({ name, args }: Expression & { readonly kind: 'call' }, atMs: number): Value {
    const values = args.map((one) => this.evaluate(one, atMs))
    return name === 'absent' ? absent(args, values) : callFunction(name, values, { atMs })
  }

  #aggregate({ name, args, grouping }: Expression & { readonly kind: 'aggregate' }, atMs: number): Value {
    const values = args.map((one) => this.evaluate(one, atMs))
    const parameter = takesParameter.has(name) ? values.shift() : undefined
    const [input, ...tooMany] = values
    if (input?.type !== 'vector' || tooMany.length > 0 || (takesParameter.has(name) && parameter?.type !== 'scalar'))
      throw new QueryProblem(`${name} is of ${takesParameter.has(name) ? 'a number and ' : ''}an instant vector`)
    return { type: 'vector', samples: aggregate(name, input.samples, grouping, parameter?.type === 'scalar' ? parameter.value : NaN) }
  }

  #select({ matchers }: Selector): readonly Series[] {
    if (matchers.every(matchesNothing)) throw new QueryProblem('vector selector must contain at least one non-empty matcher')
    const name = matchers.find(({ label, operator }) => label === '__name__' && operator === '=')?.value ?? null
    const accept = matchers.map(predicateOf)
    return this.#source.series(name).filter(({ labels }) => accept.every((holds) => holds(labels)))
  }
}

/** Would a series without the label match, too? */
function matchesNothing(matcher: LabelMatcher): boolean {
  return predicateOf(matcher)({})
}

/** A missing label is an empty one. Source: Prometheus, `model/labels/matcher.go`. @throws QueryProblem */
function predicateOf({ label, operator, value }: LabelMatcher): (labels: Labels) => boolean {
  if (operator === '=' || operator === '!=') return (labels) => ((labels[label] ?? '') === value) === (operator === '=')
  const matches = regexOf(value)
  return (labels) => matches(labels[label] ?? '') === (operator === '=~')
}

function regexOf(pattern: string): (text: string) => boolean {
  try {
    return compileRegex(pattern)
  } catch {
    throw new QueryProblem(`${JSON.stringify(pattern)} is no regular expression of RE2`)
  }
}

/** The window's beginning is not in it. */
function timesOf(endMs: number, windowMs: number, stepMs: number): readonly number[] {
  const first = (Math.floor((endMs - windowMs) / stepMs) + 1) * stepMs
  return Array.from({ length: Math.max(0, Math.floor((endMs - first) / stepMs) + 1) }, (_, i) => first + i * stepMs)
}

function pointAt(series: Series, atMs: number): Point {
  return { atMs, value: series.valueAt(atMs) ?? 0 }
}

function negated(value: Value): Value {
  if (value.type === 'scalar') return { type: 'scalar', value: -value.value }
  if (value.type !== 'vector') throw new QueryProblem(`there is no negative of a ${value.type}`)
  return { type: 'vector', samples: value.samples.map((sample) => ({ labels: withoutName(sample.labels), value: -sample.value })) }
}

/** 1, with the labels that the selector demands, where there is no series. */
function absent([of]: readonly Expression[], [value]: readonly Value[]): Value {
  if (value?.type !== 'vector' || !of) throw new QueryProblem('absent is of an instant vector')
  if (value.samples.length > 0) return { type: 'vector', samples: [] }
  const demanded = of.kind === 'selector' ? of.matchers.filter(({ label, operator }) => operator === '=' && label !== '__name__') : []
  return { type: 'vector', samples: [{ labels: Object.fromEntries(demanded.map(({ label, value: own }) => [label, own])), value: 1 }] }
}
