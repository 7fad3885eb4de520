import { createRequire } from 'node:module'

/** A Lua state or one of its threads. */
export interface LuaThread {
  readonly brand: 'lua_State'
}

/** A function of ours, as Lua calls it. @returns how many values it has pushed */
export type NativeFunction = (thread: LuaThread) => number

type Bytes = Uint8Array

/** What of fengari's C API is used here. */
export interface Fengari {
  to_luastring(text: string): Bytes
  to_jsstring(bytes: Bytes, from?: number, to?: number, replacesInvalid?: boolean): string
  readonly lua: {
    readonly LUA_OK: 0
    readonly LUA_YIELD: 1
    readonly LUA_MASKCOUNT: number
    readonly LUA_REGISTRYINDEX: number
    lua_error(thread: LuaThread): number
    lua_getglobal(thread: LuaThread, name: Bytes): number
    lua_gettop(thread: LuaThread): number
    lua_newtable(thread: LuaThread): void
    lua_newthread(thread: LuaThread): LuaThread
    lua_newuserdata(thread: LuaThread, size: number): { of?: object }
    lua_next(thread: LuaThread, index: number): number
    lua_pcall(thread: LuaThread, args: number, results: number, handler: number): number
    lua_pop(thread: LuaThread, count: number): void
    lua_pushboolean(thread: LuaThread, value: boolean): void
    lua_pushcfunction(thread: LuaThread, native: NativeFunction): void
    lua_pushnil(thread: LuaThread): void
    lua_pushnumber(thread: LuaThread, value: number): void
    lua_pushstring(thread: LuaThread, text: Bytes): void
    lua_rawgeti(thread: LuaThread, index: number, at: number): number
    lua_rawset(thread: LuaThread, index: number): void
    lua_resume(thread: LuaThread, from: LuaThread | null, args: number): number
    lua_setfield(thread: LuaThread, index: number, name: Bytes): void
    lua_setglobal(thread: LuaThread, name: Bytes): void
    lua_sethook(thread: LuaThread, hook: ((thread: LuaThread) => void) | null, mask: number, count: number): void
    lua_setmetatable(thread: LuaThread, index: number): void
    lua_settop(thread: LuaThread, index: number): void
    lua_toboolean(thread: LuaThread, index: number): boolean
    lua_tonumber(thread: LuaThread, index: number): number
    lua_tostring(thread: LuaThread, index: number): Bytes | null
    lua_touserdata(thread: LuaThread, index: number): { of?: object } | null
    lua_type(thread: LuaThread, index: number): number
    lua_yield(thread: LuaThread, results: number): number
    readonly LUA_TNIL: number
    readonly LUA_TBOOLEAN: number
    readonly LUA_TNUMBER: number
    readonly LUA_TSTRING: number
    readonly LUA_TTABLE: number
    readonly LUA_TUSERDATA: number
  }
  readonly lauxlib: {
    luaL_loadbuffer(thread: LuaThread, code: Bytes, size: number | null, name: Bytes): number
    luaL_newstate(): LuaThread
    luaL_ref(thread: LuaThread, table: number): number
    luaL_requiref(thread: LuaThread, name: Bytes, open: NativeFunction, isGlobal: boolean): void
    luaL_unref(thread: LuaThread, table: number, ref: number): void
  }
  readonly lualib: Readonly<
    Record<'luaopen_base' | 'luaopen_coroutine' | 'luaopen_math' | 'luaopen_os' | 'luaopen_string' | 'luaopen_table', NativeFunction>
  >
}

let loaded: Fengari | null = null

/** Loaded when the first script asks for it: it takes 40 ms. Numbers are written as in LuaJIT, where 10 / 2 is `5`. */
export function fengari(): Fengari {
  return (loaded ??= load())
}

function load(): Fengari {
  const before = process.env['FENGARICONF']
  process.env['FENGARICONF'] = JSON.stringify({ LUA_COMPAT_FLOATSTRING: true })
  try {
    return createRequire(import.meta.url)('fengari') as Fengari
  } finally {
    if (before === undefined) delete process.env['FENGARICONF']
    else process.env['FENGARICONF'] = before
  }
}
