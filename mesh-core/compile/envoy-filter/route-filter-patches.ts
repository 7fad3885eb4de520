import { unwrapped } from '../../config/envoy-filter-patches.ts'
import {
  bufferName,
  compressorName,
  decompressorName,
  faultName,
  filterConfigType,
  grpcWebName,
  headersName,
  luaName,
  originsName,
  passwordsName,
  rateLimitName,
  stateName,
} from '../../config/envoy-filter-http-filters.ts'
import { int, message, type Message } from '../../envoy/fields.ts'
import type { FilterOfRoute, RouteFilters } from '../../ir/inserted-filter.ts'
import type { Origin } from '../../ir/origin.ts'
import type { Fault, RateLimit, Refusal, Route } from '../../ir/route.ts'
import type { EnvoyPatch } from './envoy-filters.ts'
import { readFault } from './fault-patches.ts'
import { readOriginRules, readPasswords } from './gatekeeper-patches.ts'
import { readLuaOfRoute } from './lua-patches.ts'
import { readOrderedMutations } from './header-filter-patches.ts'
import { readLimitOfRoute } from './rate-limit-patches.ts'
import { readKeptValues } from './state-patches.ts'

/** What a route, a host or a table tells filters. */
export interface ToldFilters {
  readonly filters?: RouteFilters
  readonly rateLimit?: RateLimit
  readonly fault?: Fault
  readonly refusal: Refusal | null
}

type Told = Omit<ToldFilters, 'filters' | 'refusal'> & { readonly own: FilterOfRoute; readonly problem: string | null }

const nothing: ToldFilters = { refusal: null }
const on: FilterOfRoute = { kind: 'on' }

const readers: Readonly<Record<string, (config: Message, origin: Origin) => Told>> = {
  [rateLimitName]: (config) => ({ own: on, ...readLimitOfRoute(config) }),
  [faultName]: (config, origin) => ({ own: on, ...readFault(config, origin) }),
  [bufferName]: bufferOfRoute,
  [headersName]: (config) => {
    const { mutations, problem } = readOrderedMutations(config)
    return { own: { kind: 'headers', ...mutations }, problem }
  },
  [passwordsName]: (config) => {
    const { users, problem } = readPasswords(config)
    return { own: { kind: 'passwords', users }, problem }
  },
  [originsName]: (config) => {
    const { problem, ...rules } = readOriginRules(config)
    return { own: { kind: 'origins', ...rules }, problem }
  },
  [compressorName]: ({ disabled }) =>
    disabled === true ? { own: { kind: 'off' }, problem: null } : { own: on, problem: 'what a route tells a compressor is that it is disabled' },
  [stateName]: (config) => {
    const { values, problem } = readKeptValues(config)
    return { own: { kind: 'state', values }, problem }
  },
  [luaName]: readLuaOfRoute,
  [decompressorName]: toldNothingElse,
  [grpcWebName]: toldNothingElse,
}

/** Source: Envoy `typed_per_filter_config`. */
export function toldFilters(fields: Message, origin: Origin): ToldFilters {
  const all = message(fields['typed_per_filter_config'], 'typed_per_filter_config')
  return Object.entries(readers).reduce((before: ToldFilters, [name, read]) => {
    if (all[name] === undefined) return before
    const { own, problem, ...rest } = told(message(all[name], name), (config) => read(config, origin))
    const refusal: Refusal | null = problem === null ? null : { reason: `${name}: ${problem}`, spoils: 'table' }
    return { ...before, ...rest, filters: { ...before.filters, [name]: own }, refusal: before.refusal ?? refusal }
  }, nothing)
}

/** What is told may be wrapped in what says whether the filter is there at all. Source: Envoy `PerFilterConfigs`. */
function told(config: Message, read: (config: Message) => Told): Told {
  const { type, config: inner } = unwrapped(config)
  if (type !== filterConfigType) return read(message(inner, 'config'))
  if (inner['disabled'] === true) return { own: { kind: 'off' }, problem: null }
  if (inner['config'] === undefined) return { own: on, problem: 'a filter that is not disabled needs a config' }
  return read(message(unwrapped(message(inner['config'], 'config')).config, 'config'))
}

/** Of a filter that routes can turn off alone. */
function toldNothingElse(): Told {
  return { own: on, problem: 'it is told that it is disabled, and nothing else' }
}

/** Source: Envoy `BufferPerRoute`. */
function bufferOfRoute(config: Message): Told {
  if (config['disabled'] === true) return { own: { kind: 'buffer', maxBytes: null }, problem: null }
  const maxBytes = int(message(config['buffer'], 'buffer')['max_request_bytes'])
  return { own: { kind: 'buffer', maxBytes }, problem: maxBytes === 0 ? 'a buffer needs max_request_bytes' : null }
}

/** Of several patches what is told later takes the place of what was told before. */
export function toldByAll(patches: readonly EnvoyPatch[]): ToldFilters {
  return patches.map(({ value, origin }) => toldFilters(message(value, 'value'), origin)).reduce(laterFirst, nothing)
}

function laterFirst(before: ToldFilters, { refusal, filters, ...later }: ToldFilters): ToldFilters {
  return {
    ...before,
    ...later,
    ...((filters ?? before.filters) && { filters: { ...before.filters, ...filters } }),
    refusal: before.refusal ?? refusal,
  }
}

/** Of a route itself: what istiod has written there does not stay beside it. */
export function withFilters(route: Route, { refusal, filters, ...told }: ToldFilters): Route {
  if (!filters) return { ...route, refusal: route.refusal ?? refusal }
  const { fault: before, ...rest } = route
  const fault = filters[faultName] === undefined ? before : null
  return { ...rest, fault, ...told, filters: { ...route.filters, ...filters }, refusal: route.refusal ?? refusal }
}

/** A fault that a host or a table has for routes that say nothing of it. */
export function withFaultOfLevel(routes: readonly Route[], { filters, fault }: ToldFilters): readonly Route[] {
  if (filters?.[faultName] === undefined) return routes
  return routes.map((route) => {
    if (route.filters?.[faultName] !== undefined) return route
    if (route.fault) return { ...route, filters: { ...route.filters, [faultName]: on } }
    return fault ? { ...route, fault } : route
  })
}
