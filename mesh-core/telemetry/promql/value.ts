/** Names and values of a series' labels, `__name__` among them. An empty value is no label. */
export type Labels = Readonly<Record<string, string>>

/** One value of a series at the time that is looked at. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** A value of a series, and when it had it. */
export interface Point {
  readonly atMs: number
  readonly value: number
}

/** A series over a range of time, the oldest value first. */
export interface Range {
  readonly labels: Labels
  readonly points: readonly Point[]
}

/** What an expression gives. Source: Prometheus, `promql/parser/value.go`. */
export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'vector'; readonly samples: readonly Sample[] }
  | { readonly type: 'matrix'; readonly ranges: readonly Range[]; readonly windowMs: number; readonly endMs: number }

/** What is wrong with a query. */
export class QueryProblem extends Error {
  override readonly name = 'QueryProblem'
}

/** A question that Prometheus answers and this evaluator does not. */
export class QueryNotModelled extends Error {
  override readonly name = 'QueryNotModelled'
}

/** The same labels, in an order of their own. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

export function withoutName(labels: Labels): Labels {
  return without(labels, ['__name__'])
}

export function only(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)))
}

export function without(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)))
}
