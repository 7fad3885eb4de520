import { message, text, type Message } from '../../envoy/fields.ts'
import type { FilterOfRoute, LuaFilter } from '../../ir/inserted-filter.ts'
import { scriptProblem } from '../../lua/lua-state.ts'
import type { ReadFilter } from './read-filter.ts'

/** Source: Envoy `lua/lua_filter.cc` FilterConfig. */
export function readLua(config: Message): ReadFilter {
  const told = config['default_source_code']
  const inline = text(config['inline_code']) ?? ''
  const code = told === undefined ? inline : sourceOf(told)
  const sources = Object.entries(message(config['source_codes'], 'source_codes'))
  const named = Object.fromEntries(sources.map(([name, source]) => [name, sourceOf(source)]))
  const filter: Omit<LuaFilter, 'place' | 'name'> = { kind: 'lua', code: code || null, named, clearsRoute: config['clear_route_cache'] !== false }
  const twice = told !== undefined && inline !== '' ? 'a script is either inline_code or default_source_code' : null
  return { filter, problem: twice ?? problemOf([code, ...Object.values(named)]) }
}

/** Source: Envoy `lua/lua_filter.cc` FilterConfigPerRoute. */
export function readLuaOfRoute(config: Message): { readonly own: FilterOfRoute; readonly problem: string | null } {
  if (config['disabled'] === true) return { own: { kind: 'lua', code: null, name: null }, problem: null }
  const name = text(config['name']) || null
  if (name !== null) return { own: { kind: 'lua', code: null, name }, problem: null }
  if (config['source_code'] === undefined) return { own: { kind: 'on' }, problem: null }
  const code = sourceOf(config['source_code'])
  return { own: { kind: 'lua', code, name }, problem: problemOf([code]) }
}

function sourceOf(source: unknown): string {
  return text(message(source, 'source_code')['inline_string']) ?? ''
}

function problemOf(codes: readonly string[]): string | null {
  const found = codes.map(scriptProblem).find((problem) => problem !== null)
  return found === undefined ? null : `script load error: ${found}`
}
