import type { InsertedFilter, RouteFilters } from '../../ir/inserted-filter.ts'
import type { Fault } from '../../ir/route.ts'
import { faultName } from './filter-names.ts'
import type { RouteLimit } from './route-limit.ts'

/** What its route tells filters. */
export interface ToldByRoute {
  readonly limit: RouteLimit | null
  readonly fault: Fault | null
  /** Of the route, its host and its table: the nearest first. */
  readonly levels: readonly RouteFilters[]
}

export const toldNothing: ToldByRoute = { limit: null, fault: null, levels: [] }

/** Does a request meet the filter at all? The nearest that tells it something decides. Source: Envoy `FilterChainUtility`, `Route::filterDisabled`. */
export function isThere({ name, isOff }: InsertedFilter, { levels, fault }: ToldByRoute): boolean {
  const own = toldTo(name, levels)
  if (own) return own.kind !== 'off'
  return isOff !== true || (name === faultName && fault !== null)
}

/** What the nearest level says. */
export function toldTo(name: string, levels: readonly RouteFilters[]): RouteFilters[string] | undefined {
  return levels.find((level) => level[name] !== undefined)?.[name]
}
