import { LuaState } from '../../../lua/lua-state.ts'
import type { World } from '../../../lua/library.ts'

/** The states of scripts in all filter chains of all proxies. They outlive a change of config that leaves a script as it is. */
export class Scripts {
  readonly #states = new Map<string, LuaState>()

  /** @param owner names the filter chain, and the filter within it */
  of(owner: string, code: string, world: World): LuaState {
    const key = `${owner}\n${code}`
    let state = this.#states.get(key)
    if (!state) this.#states.set(key, (state = new LuaState(code, world)))
    return state
  }
}
