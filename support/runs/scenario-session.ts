import { StatementFailed } from '../verdicts/failure.ts'
import type { Resource, ResourceRef } from '../../mesh-core/config/resource.ts'
import type { Refusal } from '../verdicts/refusal.ts'
import type { MeshSession, ScenarioInfo, Target } from '../targets/target.ts'

/** What makes a mesh of one version of a source (a chart's revision, a catalogue) one of the next. */
export interface ConfigChange {
  readonly apply: readonly Resource[]
  /** What was of the source, and no longer is. */
  readonly remove: readonly ResourceRef[]
}

/** The scenario's mesh: opened when something first needs it. After a refusal that no `Then` has looked at it does nothing more. */
export class ScenarioSession {
  readonly target: Target
  #scenario: ScenarioInfo
  #session: MeshSession | null = null
  /** What made the mesh what it is, in order. */
  readonly #preparations: ((session: MeshSession) => Promise<void>)[] = []
  readonly #refusal: Refusal
  #isUsed = false

  constructor(target: Target, scenario: ScenarioInfo, refusal: Refusal) {
    this.target = target
    this.#scenario = scenario
    this.#refusal = refusal
  }

  get seed(): number {
    return this.#scenario.seed
  }

  /** `null` when nothing has needed it yet. */
  get opened(): MeshSession | null {
    return this.#session
  }

  /** Makes something be there before anything is sent. @throws StatementFailed for a refusal that nothing has looked at */
  async prepare(action: (session: MeshSession) => Promise<void>): Promise<void> {
    this.#refusal.assertLookedAt()
    await action(await this.#open())
    this.#preparations.push(action)
  }

  async change({ apply, remove }: ConfigChange): Promise<void> {
    await this.prepare(async (session) => {
      if (apply.length > 0) await session.apply(apply)
      if (remove.length > 0) await session.remove(remove)
    })
  }

  /** For traffic and for time that passes. @throws StatementFailed for a refusal that nothing has looked at */
  async use(): Promise<MeshSession> {
    this.#refusal.assertLookedAt()
    this.#isUsed = true
    return this.#open()
  }

  /** A mesh is made with its seed, so one that was prepared before is made again. @throws StatementFailed after the first request */
  async reseed(seed: number): Promise<void> {
    if (seed < 0) throw new StatementFailed(`the seed is ${seed}; write a whole number from 0`)
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
