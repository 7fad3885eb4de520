import type { Matching } from './expression.ts'
import { keyOf, only, QueryProblem, without, withoutName } from './value.ts'
import type { Labels, Sample, Value } from './value.ts'

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
  atan2: Math.atan2,
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
}

const sets: ReadonlySet<string> = new Set(['and', 'or', 'unless'])

export interface Operation {
  readonly operator: string
  readonly isBool: boolean
  readonly matching: Matching
}

/** Source: Prometheus, `promql/engine.go` VectorBinop, VectorscalarBinop, scalarBinop. @throws QueryProblem */
export function operate(operation: Operation, left: Value, right: Value): Value {
  const { operator, isBool } = operation
  if (left.type === 'scalar' && right.type === 'scalar') {
    if (comparisons[operator] && !isBool) throw new QueryProblem('comparisons between scalars must use BOOL modifier')
    return { type: 'scalar', value: resultOf(operator, left.value, right.value, true)! }
  }
  if (left.type === 'vector' && right.type === 'vector')
    return {
      type: 'vector',
      samples: sets.has(operator) ? combine(operation, left.samples, right.samples) : pair(operation, left.samples, right.samples),
    }
  if (left.type === 'vector' && right.type === 'scalar')
    return { type: 'vector', samples: left.samples.flatMap((one) => each(operation, one, one.value, right.value)) }
  if (left.type === 'scalar' && right.type === 'vector')
    return { type: 'vector', samples: right.samples.flatMap((one) => each(operation, one, left.value, one.value)) }
  throw new QueryProblem(`"${operator}" is for numbers and instant vectors, not for ${left.type} and ${right.type}`)
}

/** Of a comparison the value of the series stays, unless it is asked for as 0 or 1. */
function each({ operator, isBool }: Operation, sample: Sample, a: number, b: number): readonly Sample[] {
  const value = resultOf(operator, a, b, isBool)
  if (value === null) return []
  const isFilter = comparisons[operator] !== undefined && !isBool
  return [isFilter ? sample : { labels: withoutName(sample.labels), value }]
}

/** @returns `null` for what a comparison filters out */
function resultOf(operator: string, a: number, b: number, isBool: boolean): number | null {
  const compare = comparisons[operator]
  if (!compare) {
    const compute = arithmetic[operator]
    if (!compute) throw new QueryProblem(`"${operator}" is for two instant vectors`)
    return compute(a, b)
  }
  const holds = compare(a, b)
  return isBool ? Number(holds) : holds ? a : null
}

function signature(labels: Labels, { isOn, labels: names }: Matching): Labels {
  return isOn ? only(labels, names) : without(withoutName(labels), names)
}

function combine({ operator, matching }: Operation, left: readonly Sample[], right: readonly Sample[]): readonly Sample[] {
  const keys = (samples: readonly Sample[]): ReadonlySet<string> => new Set(samples.map(({ labels }) => keyOf(signature(labels, matching))))
  const has = (known: ReadonlySet<string>, { labels }: Sample): boolean => known.has(keyOf(signature(labels, matching)))
  if (operator === 'or') {
    const known = keys(left)
    return [...left, ...right.filter((sample) => !has(known, sample))]
  }
  const known = keys(right)
  return left.filter((sample) => has(known, sample) === (operator === 'and'))
}

function pair(operation: Operation, left: readonly Sample[], right: readonly Sample[]): readonly Sample[] {
  const { matching } = operation
  const isRightMany = matching.many === 'right'
  const [many, one] = isRightMany ? [right, left] : [left, right]
  const partners = new Map<string, Sample>()
  for (const sample of one) {
    const key = keyOf(signature(sample.labels, matching))
    if (partners.has(key))
      throw new QueryProblem('found duplicate series for the match group on the one side of the operation: many-to-many matching not allowed')
    partners.set(key, sample)
  }
  const taken = new Set<string>()
  return many.flatMap((sample) => {
    const own = signature(sample.labels, matching)
    const partner = partners.get(keyOf(own))
    if (!partner) return []
    if (matching.many === null) {
      if (taken.has(keyOf(own))) throw new QueryProblem('multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)')
      taken.add(keyOf(own))
    }
    const [a, b] = isRightMany ? [partner.value, sample.value] : [sample.value, partner.value]
    const value = resultOf(operation.operator, a, b, operation.isBool)
    return value === null ? [] : [{ labels: resultLabels(operation, sample, partner), value }]
  })
}

function resultLabels({ operator, isBool, matching }: Operation, sample: Sample, partner: Sample): Labels {
  const isFilter = comparisons[operator] !== undefined && !isBool
  if (matching.many === null) {
    const labels = isFilter ? sample.labels : withoutName(sample.labels)
    return matching.isOn ? only(labels, matching.labels) : without(labels, matching.labels)
  }
  const included = Object.fromEntries(matching.include.map((name) => [name, partner.labels[name] ?? '']))
  const all = { ...(isFilter ? sample.labels : withoutName(sample.labels)), ...included }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}
