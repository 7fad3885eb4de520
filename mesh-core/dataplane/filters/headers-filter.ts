import type { HeadersFilter, OrderedMutations, RouteFilters } from '../../ir/inserted-filter.ts'
import type { HeaderMutation } from '../../ir/route.ts'
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

export function responseMutators(filter: HeadersFilter, levels: readonly RouteFilters[]): readonly Mutator[] {
  return inOrder(filter, levels).flatMap(({ response }) => response)
}
