import { fengari, type LuaThread } from './fengari.ts'

/** What goes between a script and what runs it. Bytes are told as a text of UTF-8. */
export type LuaValue = string | number | boolean | null | LuaTable | LuaObject

/** Keys keep their order. */
export type LuaTable = ReadonlyMap<string | number, LuaValue>

/** Something that scripts know by its methods. */
export interface LuaObject {
  /** One for all objects of a kind. */
  readonly kind: LuaKind
  /** Absent: it stays of use for as long as the function runs. */
  readonly life?: Life
}

/** How long scripts may use an object. */
export interface Life {
  readonly isOver: boolean
}

export interface LuaKind<Of extends LuaObject = any> {
  readonly methods: Readonly<Record<string, LuaMethod<Of>>>
  /** What `pairs` goes through. */
  readonly pairs?: (self: Of) => Iterable<readonly [LuaValue, LuaValue]>
}

export type LuaMethod<Of> = (self: Of, given: Given) => LuaValue | readonly LuaValue[] | Pause | void

/** The script waits until it is gone on with, which may never be. @param goOn with what the method returns */
export class Pause {
  readonly begin: (goOn: (values: readonly LuaValue[]) => void) => void

  constructor(begin: Pause['begin']) {
    this.begin = begin
  }
}

/** As `error` in a script: what is not caught ends it. */
export class ScriptError extends Error {}

/** What a method was given behind its object. */
export class Given {
  readonly #method: string
  readonly #values: readonly (LuaValue | undefined)[]

  constructor(method: string, values: readonly (LuaValue | undefined)[]) {
    this.#method = method
    this.#values = values
  }

  /** @param at from 1 @returns `undefined`: nothing, or something of no other use, such as a function */
  value(at: number): LuaValue | undefined {
    return this.#values[at - 1]
  }

  /** A number serves as a text, too. Source: Lua `luaL_checkstring` */
  text(at: number): string {
    const value = this.value(at)
    if (typeof value === 'number') return numberText(value)
    return typeof value === 'string' ? value : this.#complain(at, 'string')
  }

  textOr<Otherwise>(at: number, otherwise: Otherwise): string | Otherwise {
    return this.value(at) === undefined || this.value(at) === null ? otherwise : this.text(at)
  }

  number(at: number): number {
    const value = this.value(at)
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    return typeof number === 'number' && !Number.isNaN(number) ? number : this.#complain(at, 'number')
  }

  table(at: number): LuaTable {
    const value = this.value(at)
    return value instanceof Map ? value : this.#complain(at, 'table')
  }

  #complain(at: number, wanted: string): never {
    const value = this.value(at)
    const found = value === undefined ? 'no value' : value === null ? 'nil' : value instanceof Map ? 'table' : typeof value
    throw new ScriptError(`bad argument #${at} to '${this.#method}' (${wanted} expected, got ${found})`)
  }
}

/** Source: LuaJIT writes numbers by `%.14g`; with so many digits as fengari does. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(14)))
}

/** Deeper than any script goes: a table may hold itself. */
const deepest = 32

/** @returns `undefined` for what is of no use outside a script */
export function valueAt(thread: LuaThread, index: number, depth = 0): LuaValue | undefined {
  const { lua, to_jsstring } = fengari()
  switch (lua.lua_type(thread, index)) {
    case lua.LUA_TNIL:
      return null
    case lua.LUA_TBOOLEAN:
      return lua.lua_toboolean(thread, index)
    case lua.LUA_TNUMBER:
      return lua.lua_tonumber(thread, index)
    case lua.LUA_TSTRING:
      return to_jsstring(lua.lua_tostring(thread, index)!, undefined, undefined, true)
    case lua.LUA_TTABLE:
      return tableAt(thread, index < 0 ? lua.lua_gettop(thread) + index + 1 : index, depth)
    case lua.LUA_TUSERDATA:
      return lua.lua_touserdata(thread, index)?.of as LuaObject | undefined
    default:
      return undefined
  }
}

/** As LuaJIT has them: what is a list in its order, before the rest. */
function listFirst(table: LuaTable): LuaTable {
  const numbered = [...table].filter(([key]) => typeof key === 'number')
  if (numbered.length === 0) return table
  const named = [...table].filter(([key]) => typeof key === 'string')
  return new Map([...numbered.toSorted(([a], [b]) => Number(a) - Number(b)), ...named])
}

function tableAt(thread: LuaThread, index: number, depth: number): LuaTable {
  if (depth > deepest) throw new ScriptError('a table is nested too deeply')
  const { lua } = fengari()
  const table = new Map<string | number, LuaValue>()
  lua.lua_pushnil(thread)
  while (lua.lua_next(thread, index) !== 0) {
    const key = valueAt(thread, -2, depth)
    const value = valueAt(thread, -1, depth + 1)
    if ((typeof key === 'string' || typeof key === 'number') && value !== undefined) table.set(key, value)
    lua.lua_pop(thread, 1)
  }
  return listFirst(table)
}
