import { otherTime, syntaxTree } from '../../../../mesh-core/telemetry/promql/expression.ts'

/** Of what a query of a scenario speaks. */
export interface Scope {
  /** s, by the clock of Prometheus, when the scenario began. */
  readonly since: number
  /** Of the cluster. */
  readonly namespaces: readonly string[]
  /** Text of a label in the cluster's words: `reviews.default.svc.cluster.local` → `reviews.meshspec-1f2e3d.svc.cluster.local`. */
  readonly real: (text: string) => string
  /** A namespace's name in the cluster. */
  readonly realNamespace: (name: string) => string
}

/** Counters of Istio's sidecars. Source: istio.io, "Istio Standard Metrics". */
const counters = /^istio_(?:requests?|response|tcp)_\w*(?:total|bucket|count|sum)$/

/** s between two values of a counter that a range is made of: finer than anybody scrapes. */
const stepSeconds = 1

/** Hosts that a run asks proxies about, to see which config they have. */
const probes = 'barrier-.+[.]meshspec[.]internal.*'

interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/**
 * The query as it has to be put to a Prometheus that knows of more than the scenario: Istio's counters count from the scenario's beginning and in its
 * namespaces only, and namespaces are called as the cluster calls them. What has not moved since is not there, as it is not in a mesh of the scenario's own.
 * @throws QueryProblem for what is no PromQL, or looks at a time before the scenario
 */
export function scoped(query: string, scope: Scope): string {
  const edits: Edit[] = []
  syntaxTree(query).iterate({
    enter: ({ name, node, from, to }) => {
      if (name !== 'VectorSelector') return
      const { parent } = node
      const selector = readSelector(query.slice(from, to), from, node)
      const mapped = withMatchers(
        selector,
        selector.matchers.map((matcher) => mapMatcher(matcher, scope)),
      )
      if (!counters.test(selector.metric)) return void edits.push({ from, to, text: mapped })
      if (parent?.name === 'OffsetExpr' || parent?.name === 'StepInvariantExpr') throw otherTime(query.slice(parent.from, parent.to))
      const since = sinceBeginning(mapped, scope)
      if (parent?.name === 'MatrixSelector') {
        const range = query.slice(to + 1, parent.to - 1)
        edits.push({ from: parent.from, to: parent.to, text: `clamp_min(${since}, 0)[${range}:${stepSeconds}s]` })
      } else edits.push({ from, to, text: `(${since} > 0)` })
    },
  })
  return edits.reduceRight((text, edit) => text.slice(0, edit.from) + edit.text + text.slice(edit.to), query)
}

interface Selector {
  /** `''` where it is named by a matcher. */
  readonly metric: string
  /** `destination_workload="reviews-v1"` */
  readonly matchers: readonly string[]
}

interface Node {
  readonly getChildren: (name: string) => readonly { readonly from: number; readonly to: number }[]
  readonly getChild: (name: string) => Node | null
}

function readSelector(text: string, start: number, node: Node): Selector {
  const matchers = node.getChild('LabelMatchers')
  const all = ['UnquotedLabelMatcher', 'QuotedLabelMatcher', 'QuotedLabelName'].flatMap((kind) => matchers?.getChildren(kind) ?? [])
  return { metric: /^[\w:]*/.exec(text)![0], matchers: all.map(({ from, to }) => text.slice(from - start, to - start)) }
}

function withMatchers({ metric }: Pick<Selector, 'metric'>, matchers: readonly string[]): string {
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`
}

function mapMatcher(matcher: string, { real, realNamespace }: Scope): string {
  const [, label = '', operator = '', value = ''] = /^\s*([\w.:"-]+)\s*(=~|!~|!=|=)\s*(["'`].*)$/s.exec(matcher) ?? []
  if (label === '') return matcher
  const map = /namespace$/.test(label.replaceAll('"', '')) ? realNamespace : real
  const quote = value[0]!
  const parts = operator.endsWith('~') ? value.slice(1, -1).split('|') : [value.slice(1, -1)]
  return `${label}${operator}${quote}${parts.map(map).join('|')}${quote}`
}

/** Either end is in a namespace of the scenario; a series that was there before has counted only what is above its value then. */
function sinceBeginning(selector: string, { since, namespaces }: Scope): string {
  const own = namespaces.join('|')
  const ends = ['destination_workload_namespace', 'source_workload_namespace'].map((label) => {
    const matchers = `${label}=~"${own}",destination_service!~"${probes}"`
    const one = /\{/.test(selector) ? selector.replace(/\}$/, `,${matchers}}`) : `${selector}{${matchers}}`
    return `(${one} - ${one} @ ${since}) or ${one}`
  })
  return `(${ends.join(' or ')})`
}
