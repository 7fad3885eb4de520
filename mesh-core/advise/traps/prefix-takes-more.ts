import { type Inventory, kinds, listOf, specOf } from '../../analyze/inventory.ts'
import type { Resource } from '../../config/resource.ts'
import type { FieldPath } from '../../config/finding.ts'
import type { PathMatch } from '../../ir/match.ts'
import type { Advice, Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { actionOf } from '../rules/entries.ts'
import { evidenceOf, type Trial } from '../rules/trial.ts'
import { RuleTrials, type RuleTrial } from './rule-trials.ts'

/**
 * `prefix: /api` is meant to take `/api` and what is below it, and takes `/apis`, too: told where another rule would do something else with that.
 * Source: Istio `core/route/route.go` TranslateRouteMatch, by which only Ingresses and the Gateway API have prefixes of segments.
 */
export const prefixTakesMore: Adviser = {
  name: 'traps.PrefixTakesMore',
  inputs: [kinds.virtualService],
  async advise(mesh, advise) {
    for (const resource of mesh.all(kinds.virtualService)) {
      const takers = await takersIn(resource, mesh)
      const [first, ...others] = takers.filter(({ near }) => !near.isNamed)
      for (const taker of takers.filter(({ near }) => near.isNamed)) advise({ ...adviceOf(taker, resource, 0), level: 'warning' })
      // Of what is only possible one is told for all.
      if (first) advise(adviceOf(first, resource, others.length))
    }
  },
}

interface Taker {
  readonly prefix: string
  readonly path: FieldPath
  readonly found: RuleTrial
  readonly near: Neighbour
}

async function takersIn(resource: Resource, mesh: Inventory): Promise<Taker[]> {
  const takers: Taker[] = []
  for (const [i, rule] of listOf(specOf(resource).http).entries())
    for (const [j, match] of listOf(rule.match).entries()) {
      const prefix: unknown = match.uri?.prefix
      if (typeof prefix !== 'string' || !/[^/.\-_=]$/.test(prefix) || !hasOthers(resource, i)) continue
      const found = RuleTrials.of(mesh).comesTo(resource, i, j)
      const near = found && neighbour(found, prefix)
      if (near) takers.push({ prefix, path: ['spec', 'http', i, 'match', j, 'uri', 'prefix'], found, near })
    }
  return takers
}

function adviceOf({ prefix, path, found: { review, entry }, near }: Taker, resource: Resource, others: number): Advice<[string, string, number]> {
  const seen = `${review.nameOf(entry, resource.origin.resource)} takes it, and not ${review.nameOf(near.otherwise, resource.origin.resource)}`
  return {
    type: adviceTypes.prefixTakesMore,
    args: [prefix, near.path, others],
    ...{ resource, path },
    hint: `write exact: ${prefix} and prefix: ${prefix}/ as two matches`,
    proof: [evidenceOf(near.trial, review.vs.gateways, seen)],
  }
}

/** Without another rule there is nothing that it takes from anybody. */
function hasOthers(resource: Resource, index: number): boolean {
  return listOf(specOf(resource).http).some((_, i) => i !== index)
}

interface Neighbour {
  readonly trial: Trial
  readonly path: string
  /** The entry that would take it if the prefix were one of segments. */
  readonly otherwise: number
  /** A rule asks for such a path. */
  readonly isNamed: boolean
}

function neighbour({ review, entry, trial }: RuleTrial, prefix: string): Neighbour | null {
  const named = review.entries.flatMap(({ compiled: { path } }) =>
    path.kind === 'exact' ? [path.path] : path.kind === 'prefix' ? [path.prefix] : [],
  )
  const below = named.filter((path) => path.length > prefix.length && path.startsWith(prefix) && path[prefix.length] !== '/')
  for (const path of [...below, `${prefix}x`]) {
    const query = /\?.*$/.exec(trial.request.path)?.[0] ?? ''
    const near = { ...trial, request: { ...trial.request, path: path + query } }
    if (review.takerOf(near) !== entry) continue
    const otherwise = review.takerWithout(near, entry)
    if (
      otherwise < 0 ||
      !isMeant(review.entries[otherwise]!.compiled.path, path) ||
      actionOf(review.entries[otherwise]!.rule) === actionOf(review.entries[entry]!.rule)
    )
      continue
    return { trial: near, path, otherwise, isNamed: below.includes(path) && otherwise > entry && !review.isCatchAll(otherwise) }
  }
  return null
}

/** A prefix that takes the path by its characters alone takes too much itself. */
function isMeant(match: PathMatch, path: string): boolean {
  if (match.kind !== 'prefix' || match.prefix.endsWith('/')) return true
  return path.length === match.prefix.length || path[match.prefix.length] === '/'
}
