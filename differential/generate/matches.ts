import type { Draw } from '../draw.ts'
import { headerNames, methods, parameters, pathPatterns, paths, prefixes, valuePatterns, values } from './words.ts'

export type Json = Record<string, unknown>
export type StringCondition = { exact: string } | { prefix: string } | { regex: string }

export interface MatchContext {
  /** A sidecar knows the labels and the namespace of those who call. */
  readonly mesh: boolean
  readonly gateways: readonly string[]
}

/** One entry of `match[]`: every kind of condition, few at once, so that requests meet them. */
export function match(draw: Draw, { mesh, gateways }: MatchContext): Json {
  const conditions: Json = {
    ...draw.maybe(0.6, () => ({ uri: uri(draw) })),
    ...draw.maybe(0.3, () => ({ headers: headers(draw) })),
    ...draw.maybe(0.12, () => ({ withoutHeaders: headers(draw) })),
    ...draw.maybe(0.2, () => ({ queryParams: queryParams(draw) })),
    ...draw.maybe(0.12, () => ({ method: condition(draw, methods, ['GE', 'P'], ['GET|HEAD', 'P.*', '[a-z]+']) })),
    ...draw.maybe(0.06, () => ({ authority: condition(draw, ['b', 'b:80', 'shop.example.com'], ['b', 'shop'], ['b.*', '[^:]+', '.*:80']) })),
    ...draw.maybe(0.05, () => ({ scheme: condition(draw, ['http', 'https'], ['http'], ['https?']) })),
    ...draw.maybe(0.06, () => ({ port: draw.one([80, 9090]) })),
    ...draw.maybe(mesh ? 0.07 : 0, () => ({ sourceLabels: draw.one([{ app: 'a' }, { app: 'b' }, { app: 'a', version: 'v1' }]) })),
    ...draw.maybe(mesh ? 0.04 : 0, () => ({ sourceNamespace: draw.one(['default', 'other']) })),
    ...draw.maybe(gateways.length > 1 ? 0.15 : 0, () => ({ gateways: [draw.one(gateways)] })),
    ...draw.maybe(0.1, () => ({ name: draw.one(['first', 'second']) })),
  }
  return 'uri' in conditions && draw.chance(0.2) ? { ...conditions, ignoreUriCase: true } : conditions
}

function uri(draw: Draw): StringCondition {
  const kind = draw.one(['exact', 'prefix', 'prefix', 'regex'])
  if (kind === 'exact') return { exact: draw.one(paths) }
  return kind === 'prefix' ? { prefix: draw.one(prefixes) } : { regex: draw.one(pathPatterns) }
}

function headers(draw: Draw): Json {
  return Object.fromEntries(draw.some(headerNames, 1, 2).map((name) => [name, draw.chance(0.15) ? {} : valueCondition(draw)]))
}

function queryParams(draw: Draw): Json {
  return Object.fromEntries(draw.some(parameters, 1, 2).map((name) => [name, draw.chance(0.1) ? {} : valueCondition(draw)]))
}

function valueCondition(draw: Draw): StringCondition {
  return condition(draw, values, ['ja', 'J', 'v', 'user='], valuePatterns)
}

function condition(draw: Draw, exact: readonly string[], prefix: readonly string[], regex: readonly string[]): StringCondition {
  const kind = draw.one(['exact', 'exact', 'prefix', 'regex'])
  if (kind === 'exact') return { exact: draw.one(exact) }
  return kind === 'prefix' ? { prefix: draw.one(prefix) } : { regex: draw.one(regex.filter((pattern) => pattern !== '')) }
}
