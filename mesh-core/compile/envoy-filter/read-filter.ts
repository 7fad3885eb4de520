import type { InsertedFilter } from '../../ir/inserted-filter.ts'

type Unplaced<Filter> = Filter extends unknown ? Omit<Filter, 'place' | 'name'> : never

export interface ReadFilter {
  readonly filter: Unplaced<InsertedFilter>
  /** Why Envoy does not take it. */
  readonly problem: string | null
}
