import { fengari, type LuaThread, type NativeFunction } from './fengari.ts'
import { openLibrary, type World } from './library.ts'
import { readScript } from './script.ts'
import { Given, Pause, ScriptError, valueAt, type LuaKind, type LuaObject, type LuaValue } from './values.ts'

/** How a function of a script has ended: with an error that it did not catch, or that of who gave up on it. */
export type ScriptEnd = { readonly problem: string | null; readonly isEndless: boolean }

/** Instructions, after which a function is taken to be without an end: some seconds. */
const longest = 20_000_000

/** A script that has been read, with what it keeps between calls of its functions. As of an Envoy with one worker: each has a state of its own. */
export class LuaState {
  /** Why Envoy does not take the script. */
  readonly problem: string | null
  readonly #main: LuaThread
  /** Of kinds of objects, by their places in the registry. */
  readonly #metatables = new Map<LuaKind, number>()
  #pause: Pause | null = null
  #isEndless = false

  constructor(source: string, world: World) {
    this.#main = fengari().lauxlib.luaL_newstate()
    openLibrary(this.#main, world)
    this.problem = this.#load(source)
  }

  has(name: string): boolean {
    const { lua, to_luastring } = fengari()
    const type = lua.lua_getglobal(this.#main, to_luastring(name))
    lua.lua_pop(this.#main, 1)
    return type !== lua.LUA_TNIL
  }

  /** Calls a function of the script. Where it pauses, `done` comes later. */
  run(name: string, argument: LuaObject, done: (end: ScriptEnd) => void): void {
    const { lua, lauxlib, to_luastring } = fengari()
    const thread = lua.lua_newthread(this.#main)
    // A thread that nothing refers to is collected.
    const reference = lauxlib.luaL_ref(this.#main, lua.LUA_REGISTRYINDEX)
    this.#limit(thread)
    lua.lua_getglobal(thread, to_luastring(name))
    this.#push(thread, argument)
    this.#resume(thread, 1, (end) => {
      lauxlib.luaL_unref(this.#main, lua.LUA_REGISTRYINDEX, reference)
      done(end)
    })
  }

  #load(source: string): string | null {
    const { lua, lauxlib, to_luastring, to_jsstring } = fengari()
    const { code, problem } = readScript(source)
    if (problem !== null) return problem
    this.#limit(this.#main)
    const failed = lauxlib.luaL_loadbuffer(this.#main, to_luastring(code), null, to_luastring(source)) || lua.lua_pcall(this.#main, 0, 0, 0)
    return failed ? to_jsstring(lua.lua_tostring(this.#main, -1) ?? to_luastring('it fails')) : null
  }

  #limit(thread: LuaThread): void {
    const { lua, to_luastring } = fengari()
    const giveUp = (running: LuaThread): void => {
      this.#isEndless = true
      lua.lua_pushstring(running, to_luastring('it goes on without an end'))
      lua.lua_error(running)
    }
    lua.lua_sethook(thread, giveUp, lua.LUA_MASKCOUNT, longest)
  }

  #resume(thread: LuaThread, count: number, done: (end: ScriptEnd) => void): void {
    const { lua, to_jsstring } = fengari()
    this.#pause = null
    const status = lua.lua_resume(thread, null, count)
    const pause = this.#pause as Pause | null
    if (status === lua.LUA_YIELD && pause)
      return pause.begin((values) => {
        lua.lua_settop(thread, 0)
        for (const value of values) this.#push(thread, value)
        this.#resume(thread, values.length, done)
      })
    const problem =
      status === lua.LUA_OK ? null : status === lua.LUA_YIELD ? unexpected : to_jsstring(lua.lua_tostring(thread, -1) ?? new Uint8Array())
    done({ problem, isEndless: this.#isEndless })
  }

  #push(thread: LuaThread, value: LuaValue): void {
    const { lua, to_luastring } = fengari()
    if (value === null) return lua.lua_pushnil(thread)
    if (typeof value === 'string') return lua.lua_pushstring(thread, to_luastring(value))
    if (typeof value === 'number') return lua.lua_pushnumber(thread, value)
    if (typeof value === 'boolean') return lua.lua_pushboolean(thread, value)
    if ('kind' in value) return this.#pushObject(thread, value)
    lua.lua_newtable(thread)
    for (const [key, inner] of value) {
      this.#push(thread, key)
      this.#push(thread, inner)
      lua.lua_rawset(thread, -3)
    }
  }

  #pushObject(thread: LuaThread, object: LuaObject): void {
    const { lua } = fengari()
    lua.lua_newuserdata(thread, 0).of = object
    const { kind } = object
    if (!this.#metatables.has(kind)) this.#metatables.set(kind, this.#describe(kind))
    lua.lua_rawgeti(thread, lua.LUA_REGISTRYINDEX, this.#metatables.get(kind)!)
    lua.lua_setmetatable(thread, -2)
  }

  /** @returns where the registry has the metatable of all objects of a kind */
  #describe({ methods, pairs }: LuaKind): number {
    const { lua, lauxlib, to_luastring } = fengari()
    const main = this.#main
    lua.lua_newtable(main)
    lua.lua_newtable(main)
    for (const [name, method] of Object.entries(methods)) {
      lua.lua_pushcfunction(main, this.#native(name, method))
      lua.lua_setfield(main, -2, to_luastring(name))
    }
    lua.lua_setfield(main, -2, to_luastring('__index'))
    if (pairs) {
      lua.lua_pushcfunction(main, (running) => this.#iterate(running, pairs))
      lua.lua_setfield(main, -2, to_luastring('__pairs'))
    }
    return lauxlib.luaL_ref(main, lua.LUA_REGISTRYINDEX)
  }

  #iterate(thread: LuaThread, pairs: NonNullable<LuaKind['pairs']>): number {
    const { lua } = fengari()
    const entries = this.#guarded(thread, () => pairs(lua.lua_touserdata(thread, 1)!.of as LuaObject))[Symbol.iterator]()
    lua.lua_pushcfunction(thread, (running) => {
      const { value, done } = entries.next()
      if (done) return 0
      for (const part of value) this.#push(running, part)
      return 2
    })
    return 1
  }

  #native(name: string, method: LuaKind['methods'][string]): NativeFunction {
    const { lua } = fengari()
    return (thread) => {
      const self = lua.lua_type(thread, 1) === lua.LUA_TUSERDATA ? (lua.lua_touserdata(thread, 1)?.of as LuaObject | undefined) : undefined
      const result = this.#guarded(thread, () => {
        if (!self) throw new ScriptError(`bad argument #1 to '${name}' (no object)`)
        if (self.life?.isOver) throw new ScriptError('object used outside of proper scope')
        const values = Array.from({ length: lua.lua_gettop(thread) - 1 }, (_, i) => valueAt(thread, i + 2))
        return method(self, new Given(name, values))
      })
      if (result instanceof Pause) {
        this.#pause = result
        return lua.lua_yield(thread, 0)
      }
      const values = result === undefined ? [] : Array.isArray(result) ? (result as readonly LuaValue[]) : [result as LuaValue]
      for (const value of values) this.#push(thread, value)
      return values.length
    }
  }

  /** What goes wrong becomes an error of the script. */
  #guarded<Result>(thread: LuaThread, work: () => Result): Result {
    const { lua, to_luastring } = fengari()
    try {
      return work()
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error
      lua.lua_pushstring(thread, to_luastring(error.message))
      lua.lua_error(thread)
      throw error
    }
  }
}

const unexpected = 'script performed an unexpected yield'

const known = new Map<string, string | null>()

/** Why Envoy takes no listener with the script; `null`: it takes it. It runs once, as Envoy has it run. Source: Envoy `filters/common/lua/lua.cc` ThreadLocalState. */
export function scriptProblem(source: string): string | null {
  let problem = known.get(source)
  if (problem === undefined) known.set(source, (problem = new LuaState(source, { date: () => 0, draw: () => 0 }).problem))
  return problem
}
