import { fengari, type LuaThread, type NativeFunction } from './fengari.ts'
import { luaJitLibrary } from './luajit-library.ts'

/** What a script may ask of the world. */
export interface World {
  /** ms since 1970. */
  date(): number
  /** In [0, 1). */
  draw(): number
}

/** What scripts find there: what LuaJIT has, but for what reaches outside the script. A config is data: nothing in it runs a program or reads a file. */
export function openLibrary(thread: LuaThread, world: World): void {
  const { lua, lualib, lauxlib, to_luastring, to_jsstring } = fengari()
  for (const [name, open] of Object.entries(standard)) {
    lauxlib.luaL_requiref(thread, to_luastring(name), lualib[open], true)
    lua.lua_pop(thread, 1)
  }
  const natives = nativesOf(world)
  const failed = lauxlib.luaL_loadbuffer(thread, to_luastring(luaJitLibrary), null, to_luastring('=library'))
  for (const native of natives) lua.lua_pushcfunction(thread, native)
  if (failed || lua.lua_pcall(thread, natives.length, 0, 0)) throw new Error(to_jsstring(lua.lua_tostring(thread, -1)!))
}

const standard = {
  _G: 'luaopen_base',
  coroutine: 'luaopen_coroutine',
  math: 'luaopen_math',
  os: 'luaopen_os',
  string: 'luaopen_string',
  table: 'luaopen_table',
} as const

/** In the order of the library's parameters. */
function nativesOf({ date, draw }: World): readonly NativeFunction[] {
  const { lua } = fengari()
  const makers: readonly ((first: number, second: number) => number)[] = [
    date,
    draw,
    (bits) => bits | 0,
    (bits) => ~bits,
    (bits, others) => bits & others,
    (bits, others) => bits | others,
    (bits, others) => bits ^ others,
    (bits, by) => bits << by,
    (bits, by) => (bits >>> by) | 0,
    (bits, by) => bits >> by,
  ]
  return makers.map((make) => (thread) => {
    lua.lua_pushnumber(thread, make(lua.lua_tonumber(thread, 1), lua.lua_tonumber(thread, 2)))
    return 1
  })
}
