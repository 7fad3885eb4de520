import type { Origin } from '../../ir/origin.ts'
import { isVisible } from '../sidecar/visibility.ts'
import type { Rule, VirtualService } from './virtual-service.ts'
import type { HttpMatch, HttpRule, IstioStringMatch } from './virtual-service-types.ts'

/**
 * Puts the rules of delegates in the place of the entries that name them, and leaves the delegates themselves out.
 * A delegate that is missing, or not exported to the root, drops that entry alone.
 * Source: Istio `pilot/pkg/model/virtualservice.go` mergeVirtualServicesIfNeeded.
 */
export function mergeDelegates(all: readonly VirtualService[], defaultExportTo: readonly string[]): VirtualService[] {
  const delegates = new Map(all.filter((vs) => vs.hosts.length === 0).map((vs) => [`${vs.namespace}/${vs.name}`, vs]))
  return all
    .filter((vs) => vs.hosts.length > 0)
    .map((vs) => (vs.rules.some((rule) => rule.spec.delegate) ? withDelegates(vs, delegates, defaultExportTo) : vs))
}

function withDelegates(root: VirtualService, delegates: ReadonlyMap<string, VirtualService>, defaultExportTo: readonly string[]): VirtualService {
  const rules = root.rules.flatMap((rule) => {
    const named = rule.spec.delegate
    if (!named) return [rule]
    const delegate = delegates.get(`${named.namespace || root.namespace}/${named.name}`)
    if (!delegate || !isVisible(delegate.exportTo, defaultExportTo, delegate.namespace, root.namespace)) return []
    return delegate.rules.flatMap((part) => mergeRule(rule, part) ?? [])
  })
  return { ...root, rules }
}

/** Whole fields that a delegate's rule takes over when it has none of its own. */
const inherited = [
  'rewrite',
  'directResponse',
  'timeout',
  'retries',
  'fault',
  'mirror',
  'mirrors',
  'mirrorPercent',
  'mirrorPercentage',
  'corsPolicy',
  'headers',
] as const

function mergeRule(root: Rule, part: Rule): Rule | null {
  const merged = mergeMatches(root, part)
  if (!merged) return null
  const spec: Record<string, unknown> = { ...part.spec }
  for (const field of inherited) if (spec[field] === undefined && root.spec[field] !== undefined) spec[field] = root.spec[field]
  const name = [root.spec.name, part.spec.name].filter(Boolean).join('-')
  if (name !== '') spec['name'] = name
  if (merged.matches.length > 0) spec['match'] = merged.matches
  return { spec: spec as HttpRule, origin: part.origin, matchOrigins: merged.origins, refusal: part.refusal ?? root.refusal }
}

interface Matches {
  readonly matches: readonly HttpMatch[]
  readonly origins: readonly Origin[]
}

/** Each match of the delegate is joined with each of the root's that it fits under; one that fits nowhere drops the whole rule. */
export function mergeMatches(root: Rule, part: Rule): Matches | null {
  const roots = root.spec.match ?? []
  const parts = part.spec.match ?? []
  if (roots.length === 0) return { matches: parts, origins: part.matchOrigins }
  if (parts.length === 0) return { matches: roots, origins: root.matchOrigins }
  const matches: HttpMatch[] = []
  const origins: Origin[] = []
  for (const [i, leaf] of parts.entries()) {
    const fitting = roots.filter((trunk) => !hasConflict(trunk, leaf))
    if (fitting.length === 0) return null
    for (const trunk of fitting) {
      matches.push(mergeMatch(trunk, leaf))
      origins.push(part.matchOrigins[i]!)
    }
  }
  return { matches, origins }
}

const single = ['uri', 'scheme', 'method', 'authority', 'port', 'sourceNamespace', 'statPrefix'] as const
const maps = ['headers', 'withoutHeaders', 'queryParams', 'sourceLabels'] as const

/** Source: the same file, mergeHTTPMatchRequest. */
function mergeMatch(root: HttpMatch, leaf: HttpMatch): HttpMatch {
  const out: Record<string, unknown> = { ...leaf }
  const name = [root.name, leaf.name].filter(Boolean).join('-')
  if (name !== '') out['name'] = name
  for (const field of single) if (!out[field] && root[field] !== undefined) out[field] = root[field]
  for (const field of maps) if (root[field] || leaf[field]) out[field] = { ...(root[field] as object), ...(leaf[field] as object) }
  if (!leaf.gateways?.length && root.gateways) out['gateways'] = root.gateways
  return out as HttpMatch
}

/** Source: the same file, hasConflict. */
export function hasConflict(root: HttpMatch, leaf: HttpMatch): boolean {
  return (
    (['uri', 'scheme', 'method', 'authority'] as const).some((field) => textConflict(root[field], leaf[field])) ||
    mapConflict(root.headers, leaf.headers) ||
    mapConflict(root.withoutHeaders, leaf.withoutHeaders) ||
    mapConflict(root.queryParams, leaf.queryParams) ||
    (root.ignoreUriCase ?? false) !== (leaf.ignoreUriCase ?? false) ||
    Boolean(root.port && leaf.port && root.port !== leaf.port) ||
    // A delegate that names no namespace is in conflict with a root that does.
    Boolean(root.sourceNamespace && root.sourceNamespace !== leaf.sourceNamespace) ||
    gatewaysConflict(root.gateways ?? [], leaf.gateways ?? []) ||
    Object.entries(leaf.sourceLabels ?? {}).some(([label, value]) => root.sourceLabels?.[label] !== undefined && root.sourceLabels[label] !== value)
  )
}

/** Without any, either side stands for all. Names are counted as they are written: one that is written twice is two. */
function gatewaysConflict(root: readonly string[], leaf: readonly string[]): boolean {
  if (root.length === 0 || leaf.length === 0) return false
  return root.length < leaf.length || leaf.some((gateway) => !root.includes(gateway))
}

function mapConflict(root: object | undefined, leaf: object | undefined): boolean {
  const trunk = (root ?? {}) as Record<string, IstioStringMatch>
  return Object.entries((leaf ?? {}) as Record<string, IstioStringMatch>).some(([name, condition]) => textConflict(trunk[name], condition))
}

/** Does the leaf accept a text that the root refuses? A regex on either side cannot be decided and conflicts. */
function textConflict(root: IstioStringMatch | undefined, leaf: IstioStringMatch | undefined): boolean {
  if (!root || !leaf) return false
  if (root.regex || leaf.regex) return true
  if (root.exact) return Boolean(leaf.prefix) || leaf.exact !== root.exact
  if (root.prefix) return !(leaf.prefix || leaf.exact || '').startsWith(root.prefix)
  return true
}
