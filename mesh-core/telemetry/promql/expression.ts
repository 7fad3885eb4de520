import { parser } from '@prometheus-io/lezer-promql'
import { QueryNotModelled, QueryProblem } from './value.ts'

export type MatchOperator = '=' | '!=' | '=~' | '!~'

export interface LabelMatcher {
  readonly label: string
  readonly operator: MatchOperator
  readonly value: string
}

export interface Selector {
  readonly kind: 'selector'
  readonly matchers: readonly LabelMatcher[]
}

/** `by` and `without` of an aggregation. */
export interface Grouping {
  readonly isWithout: boolean
  readonly labels: readonly string[]
}

/** `on`, `ignoring`, `group_left` and `group_right` of an operator. */
export interface Matching {
  readonly isOn: boolean
  readonly labels: readonly string[]
  readonly many: 'left' | 'right' | null
  readonly include: readonly string[]
}

/** A query, read. Source: the grammar of Prometheus, `promql/parser/ast.go`. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | Selector
  | { readonly kind: 'matrix'; readonly selector: Selector; readonly windowMs: number }
  | { readonly kind: 'subquery'; readonly of: Expression; readonly windowMs: number; readonly stepMs: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'aggregate'; readonly name: string; readonly args: readonly Expression[]; readonly grouping: Grouping }
  | { readonly kind: 'negate'; readonly of: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
      readonly isBool: boolean
      readonly matching: Matching
    }

type Tree = ReturnType<typeof parser.parse>
type Node = Tree['topNode']

/** ms between two values that a subquery without a step is made of: Prometheus' `evaluation_interval` where nobody has set one. */
const defaultStepMs = 60_000

/** @throws QueryProblem for what is no PromQL */
export function syntaxTree(query: string): Tree {
  const tree = parser.parse(query)
  let isBroken = query.trim() === ''
  tree.iterate({
    enter: ({ name }) => {
      if (name === '⚠') isBroken = true
    },
  })
  if (isBroken) throw new QueryProblem(`${JSON.stringify(query)} is no PromQL`)
  return tree
}

/** Of what looks at another time than now. @param part `x offset 5m` */
export function otherTime(part: string): QueryProblem {
  return new QueryProblem(`"${part}" looks at another time than now; a scenario's counters begin with it`)
}

/** @throws QueryProblem for what is no PromQL, or looks at another time than now; QueryNotModelled */
export function readQuery(query: string): Expression {
  return new Reader(query).read(children(syntaxTree(query).topNode)[0]!)
}

class Reader {
  readonly #query: string

  constructor(query: string) {
    this.#query = query
  }

  read(node: Node): Expression {
    switch (node.name) {
      case 'NumberDurationLiteral':
        return { kind: 'number', value: numberOf(this.#text(node)) }
      case 'StringLiteral':
        return { kind: 'text', value: unquoted(this.#text(node)) }
      case 'ParenExpr':
        return this.read(this.#expressions(node)[0]!)
      case 'VectorSelector':
        return this.#selector(node)
      case 'MatrixSelector':
        return this.#matrix(node)
      case 'SubqueryExpr':
        return this.#subquery(node)
      case 'UnaryExpr':
        return this.#unary(node)
      case 'FunctionCall':
        return { kind: 'call', name: this.#textOf(node, 'FunctionIdentifier'), args: this.#args(node) }
      case 'AggregateExpr':
        return { kind: 'aggregate', name: this.#textOf(node, 'AggregateOp'), args: this.#args(node), grouping: this.#grouping(node) }
      case 'BinaryExpr':
        return this.#binary(node)
      case 'OffsetExpr':
      case 'StepInvariantExpr':
        throw otherTime(this.#text(node))
      default:
        throw new QueryNotModelled(`"${this.#text(node)}" is not modelled`)
    }
  }

  #selector(node: Node): Selector {
    const name = node.getChild('Identifier')
    const list = node.getChild('LabelMatchers')
    const matchers = list ? children(list).map((one) => this.#matcher(one)) : []
    const own: readonly LabelMatcher[] = name ? [{ label: '__name__', operator: '=', value: this.#text(name) }] : []
    return { kind: 'selector', matchers: [...own, ...matchers] }
  }

  #matcher(node: Node): LabelMatcher {
    const operator = this.#textOf(node, 'MatchOp') as MatchOperator | ''
    // `{"istio_requests_total"}` names a metric.
    if (operator === '') return { label: '__name__', operator: '=', value: unquoted(this.#text(node)) }
    const [label, , value] = children(node)
    return { label: unquoted(this.#text(label!)), operator, value: unquoted(this.#text(value!)) }
  }

  #matrix(node: Node): Expression {
    const [selector, window] = children(node)
    if (selector?.name !== 'VectorSelector' || !window) throw new QueryProblem(`"${this.#text(node)}" is a range of no selector`)
    return { kind: 'matrix', selector: this.#selector(selector), windowMs: durationMs(this.#text(window)) }
  }

  #subquery(node: Node): Expression {
    const [of, window, step] = children(node)
    const windowMs = durationMs(this.#text(window!))
    return { kind: 'subquery', of: this.read(of!), windowMs, stepMs: step ? durationMs(this.#text(step)) : defaultStepMs }
  }

  #unary(node: Node): Expression {
    const of = this.read(this.#expressions(node)[0]!)
    return this.#textOf(node, 'UnaryOp') === '-' ? { kind: 'negate', of } : of
  }

  #binary(node: Node): Expression {
    const [left, operator, ...rest] = children(node)
    const matching = node.getChild('MatchingModifierClause')
    return {
      kind: 'binary',
      operator: this.#text(operator!).toLowerCase(),
      left: this.read(left!),
      right: this.read(rest.at(-1)!),
      isBool: node.getChild('BoolModifier') !== null,
      matching: this.#matching(matching),
    }
  }

  #matching(node: Node | null): Matching {
    const parts = node ? children(node) : []
    const many = parts.findIndex(({ name }) => name === 'GroupLeft' || name === 'GroupRight')
    const labels = (from: number, to: number): readonly string[] => parts.slice(from, to).flatMap((part) => this.#labels(part))
    return {
      isOn: parts[0]?.name === 'On',
      labels: labels(0, many < 0 ? parts.length : many),
      many: many < 0 ? null : parts[many]!.name === 'GroupLeft' ? 'left' : 'right',
      include: many < 0 ? [] : labels(many, parts.length),
    }
  }

  #grouping(node: Node): Grouping {
    const modifier = node.getChild('AggregateModifier')
    const list = modifier?.getChild('GroupingLabels')
    return { isWithout: modifier?.getChild('Without') != null, labels: list ? this.#labels(list) : [] }
  }

  #labels(list: Node): readonly string[] {
    return list.name === 'GroupingLabels' ? children(list).map((one) => unquoted(this.#text(one))) : []
  }

  #args(node: Node): readonly Expression[] {
    const body = node.getChild('FunctionCallBody')
    return body ? children(body).map((one) => this.read(one)) : []
  }

  #expressions(node: Node): readonly Node[] {
    return children(node).filter(({ name }) => name !== 'UnaryOp')
  }

  #textOf(node: Node, child: string): string {
    const found = node.getChild(child)
    return found ? this.#text(found) : ''
  }

  #text({ from, to }: Node): string {
    return this.#query.slice(from, to)
  }
}

function children(node: Node): readonly Node[] {
  const found: Node[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== 'LineComment') found.push(child)
  return found
}

function numberOf(text: string): number {
  const bare = text.replaceAll('_', '').toLowerCase()
  if (/^[+-]?inf$/.test(bare)) return bare.startsWith('-') ? -Infinity : Infinity
  if (bare === 'nan') return NaN
  const value = Number(bare)
  return Number.isNaN(value) ? durationMs(bare) / 1000 : value
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 }

/** @param text `1m`, `1h30m`, or seconds. @throws QueryProblem */
function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)]
  const ms = parts.length === 0 ? Number(text) * 1000 : parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitsMs[unit!]!, 0)
  if (Number.isNaN(ms) || ms <= 0) throw new QueryProblem(`"${text}" is no length of time`)
  return ms
}

/** Go's escapes are those of JSON, and `'` and `` ` `` quote as well. */
function unquoted(text: string): string {
  const quote = text[0]
  if (quote === '`') return text.slice(1, -1)
  if (quote !== '"' && quote !== "'") return text
  const inner = text.slice(1, -1).replaceAll("\\'", "'")
  try {
    return JSON.parse(`"${quote === "'" ? inner.replaceAll(/(?<!\\)"/g, '\\"') : inner}"`) as string
  } catch {
    throw new QueryProblem(`${text} is no text of PromQL`)
  }
}
