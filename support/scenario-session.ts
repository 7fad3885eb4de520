import { StatementFailed } from './failure.ts'
import type { MeshSession, ScenarioInfo, Target } from './targets/target.ts'

/** The scenario's mesh: opened when something first needs it. */
export class ScenarioSession {
  readonly target: Target
  #scenario: ScenarioInfo
  #session: MeshSession | null = null
  /** What made the mesh what it is, in order. */
  readonly #preparations: ((session: MeshSession) => Promise<void>)[] = []
  #isUsed = false

  constructor(target: Target, scenario: ScenarioInfo) {
    this.target = target
    this.#scenario = scenario
  }

  get seed(): number {
    return this.#scenario.seed
  }

  /** `null` when nothing has needed it yet. */
  get opened(): MeshSession | null {
    return this.#session
  }

  async prepare(action: (session: MeshSession) => Promise<void>): Promise<void> {
    await action(await this.#open())
    this.#preparations.push(action)
  }

  /** For traffic and for time that passes. */
  async use(): Promise<MeshSession> {
    this.#isUsed = true
    return this.#open()
  }

  /** A mesh is made with its seed, so one that was prepared before is made again. @throws StatementFailed after the first request */
  async reseed(seed: number): Promise<void> {
    if (this.#isUsed) throw new StatementFailed('the seed must be given before the first request is sent')
    this.#scenario = { ...this.#scenario, seed }
    if (this.#session === null) return
    await this.close()
    for (const action of this.#preparations) await action(await this.#open())
  }

  async close(): Promise<void> {
    const session = this.#session
    this.#session = null
    await session?.close()
  }

  async #open(): Promise<MeshSession> {
    this.#session ??= await this.target.open(this.#scenario)
    return this.#session
  }
}
