import { type Fields, kinds, listOf, specOf } from '../../analyze/inventory.ts'
import type { Resource } from '../../config/resource.ts'
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
  advise(mesh, advise) {
    for (const resource of mesh.all(kinds.virtualService)) {
      let told = false
      for (const candidate of candidatesIn(resource)) {
        // Of what is only possible one is told for all.
        if (told && !candidate.isNamed) continue
        const found = RuleTrials.of(mesh).comesTo(resource, candidate.rule, candidate.match)
        const near = found && neighbour(found, candidate.prefix)
        if (!found || !near || (told && !near.isNamed)) continue
        advise(adviceOf(candidate, found, near, resource))
        told ||= !near.isNamed
      }
    }
  },
}

interface Candidate {
  readonly prefix: string
  readonly rule: number
  readonly match: number
  /** Some other match asks for a path that begins so, and goes on within the segment. */
  readonly isNamed: boolean
}

/** Without another rule that does something else there is nothing that a prefix takes from anybody. */
function* candidatesIn(resource: Resource): Generator<Candidate> {
  const rules = listOf(specOf(resource).http)
  if (rules.length < 2 || new Set(rules.map(does)).size < 2) return
  const paths = rules.flatMap(({ match }) => listOf(match).flatMap(({ uri }) => uri?.prefix ?? uri?.exact ?? [])).filter((path) => typeof path === 'string') // prettier-ignore
  for (const [i, rule] of rules.entries())
    for (const [j, match] of listOf(rule.match).entries()) {
      const prefix: unknown = match.uri?.prefix
      if (typeof prefix !== 'string' || !/[^/.\-_=]$/.test(prefix)) continue
      yield { prefix, rule: i, match: j, isNamed: paths.some((path) => goesOnWithin(path, prefix)) }
    }
}

function does({ match: _, name: __, ...rest }: Fields): string {
  return JSON.stringify(rest)
}

function goesOnWithin(path: string, prefix: string): boolean {
  return path.length > prefix.length && path.startsWith(prefix) && path[prefix.length] !== '/'
}

function adviceOf({ prefix, rule, match }: Candidate, { review, entry }: RuleTrial, near: Neighbour, resource: Resource): Advice<[string, string]> {
  const own = resource.origin.resource
  return {
    type: adviceTypes.prefixTakesMore,
    args: [prefix, near.path],
    ...{ resource, path: ['spec', 'http', rule, 'match', match, 'uri', 'prefix'] },
    hint: `write exact: ${prefix} and prefix: ${prefix}/ as two matches`,
    proof: [evidenceOf(near.trial, review.vs.gateways, `${review.nameOf(entry, own)} takes it, and not ${review.nameOf(near.otherwise, own)}`)],
    ...(near.isNamed && { level: 'warning' as const }),
  }
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
  const below = named.filter((path) => goesOnWithin(path, prefix))
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
