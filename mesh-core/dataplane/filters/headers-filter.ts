import type { HeadersFilter, InsertedFilter, OrderedMutations, RouteFilters } from '../../ir/inserted-filter.ts'
import type { Headers } from '../../ir/message.ts'
import type { HeaderMutation } from '../../ir/route.ts'
import type { Subject } from '../replies/format/subject.ts'
import { isThere, type ToldByRoute } from './told-by-route.ts'
import { compileMutation, type Mutator } from '../messages/header-mutation.ts'
import { inlineOfRequest, inlineOfResponse } from '../messages/inline-headers.ts'

interface Mutators {
  readonly request: readonly Mutator[]
  readonly response: readonly Mutator[]
}

const known = new WeakMap<OrderedMutations, Mutators>()

function mutatorsOf(mutations: OrderedMutations): Mutators {
  const compiled = known.get(mutations) ?? {
    request: compiledList(mutations.request, inlineOfRequest),
    response: compiledList(mutations.response, inlineOfResponse),
  }
  known.set(mutations, compiled)
  return compiled
}

function compiledList(list: readonly HeaderMutation[], inline: ReadonlySet<string>): readonly Mutator[] {
  return list.map((one) => compileMutation(one, inline)).filter((mutator) => mutator !== null)
}

/** Its own first, then the route's, its host's and its table's; or these the other way round. Source: Envoy `header_mutation/header_mutation.cc`. */
function inOrder(filter: HeadersFilter, levels: readonly RouteFilters[]): readonly Mutators[] {
  const ofRoute = levels.map((level) => level[filter.name]).filter((told) => told?.kind === 'headers')
  return [filter, ...(filter.mostSpecificWins ? ofRoute.toReversed() : ofRoute)].map(mutatorsOf)
}

export function requestMutators(filter: HeadersFilter, levels: readonly RouteFilters[]): readonly Mutator[] {
  return inOrder(filter, levels).flatMap(({ request }) => request)
}

/** What filters of a place write into an answer, the last of them first. @returns whether one has written anything */
export function rewriteAnswer(
  inserted: readonly InsertedFilter[],
  place: InsertedFilter['place'],
  ofRoute: ToldByRoute,
  headers: Headers,
  subject: () => Subject,
): boolean {
  const own = inserted.filter((one): one is HeadersFilter & InsertedFilter => one.kind === 'headers' && one.place === place && isThere(one, ofRoute))
  const mutators = own.toReversed().flatMap((filter) => inOrder(filter, ofRoute.levels).flatMap(({ response }) => response))
  for (const mutator of mutators) mutator(headers, subject())
  return mutators.length > 0
}
