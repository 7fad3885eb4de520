import type { Decision, RuleTried } from '../../mesh-core/ir/exchange.ts'
import type { Origin, Position } from '../../mesh-core/ir/origin.ts'

/** Where a piece of config stands; the position is `null` when nobody can tell. */
export type Locate = (origin: Origin) => { readonly file: string; readonly position: Position | null }

/** Rules that a failure shows: the first ones, and the last ones with that which was chosen. */
const mostRules = 20

/**
 * The way through one proxy, for a person:
 *
 *     reviews.default.svc.cluster.local, asked by productpage-v1:
 *       ✗ http[0]  virtual-service-reviews-test-v2.yaml:11:5   header end-user is "anna", wanted exactly "jason"
 *       ✓ http[1]  virtual-service-reviews-test-v2.yaml:18:5   no match conditions: takes everything → reviews subset v1
 */
export function describeDecision(decision: Decision, locate: Locate, most = mostRules): string {
  const { rules, chosen } = decision
  const omitted = Math.max(0, rules.length - most)
  const head = omitted > 0 ? Math.floor(most / 2) : rules.length
  const shown = rules.map((rule, i) => ({ rule, taken: i === chosen })).filter((_, i) => i < head || i >= head + omitted)
  const rows = shown.map(({ rule, taken }) => ({ rule, place: placeOf(rule.origin, locate), taken }))
  const ruleWidth = widest(rows.map(({ rule }) => rule.rule))
  const placeWidth = widest(rows.map(({ place }) => place))
  const lines = rows.map(
    ({ rule, place, taken }) =>
      `  ${rule.matched ? '✓' : '✗'} ${rule.rule.padEnd(ruleWidth)}  ${place.padEnd(placeWidth)}   ${reasonOf(rule, taken, decision)}`,
  )
  if (omitted > 0) lines.splice(head, 0, `  … ${omitted} more rules, which do not match either`)
  const heading = `${decision.host}, asked by ${workloadName(decision.proxy)}:`
  return [heading, ...lines, ...(chosen < 0 ? [`  ${decision.outcome}`] : [])].join('\n')
}

function reasonOf(rule: RuleTried, taken: boolean, { outcome }: Decision): string {
  if (!taken) return rule.reason
  return outcome.startsWith('→') ? `${rule.reason} ${outcome}` : `${rule.reason}; ${outcome}`
}

/** `file:line:column` */
function placeOf(origin: Origin, locate: Locate): string {
  const { file, position } = locate(origin)
  return position === null ? file : `${file}:${position.line}:${position.column}`
}

/** `productpage-v1.default` is the workload `productpage-v1`; other namespaces are told. */
function workloadName(proxy: string): string {
  return proxy.endsWith('.default') ? proxy.slice(0, -'.default'.length) : proxy
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length))
}
