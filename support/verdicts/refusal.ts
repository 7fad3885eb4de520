import { assertText } from '../checks/assert-text.ts'
import { StatementFailed } from './failure.ts'

/** Keeps what the mesh said to the last config. When it refused one that a `When` applied, a `Then` has to look at that. */
export class Refusal {
  #answer: { readonly refused: Error | null } | null = null
  #isLookedAt = true

  /** @param refused `null` when the config was taken */
  keep(refused: Error | null): void {
    this.#answer = { refused }
    this.#isLookedAt = refused === null
  }

  /** @throws StatementFailed for a refusal that no `Then` has looked at: the scenario goes on as if its config were there */
  assertLookedAt(): void {
    if (this.#isLookedAt) return
    this.#isLookedAt = true
    throw new StatementFailed(`the config was rejected:\n${this.#answer!.refused!.message}`)
  }

  /** @throws StatementFailed when there was nothing to refuse, or it was taken, or the reason is another */
  expectRejected(reason: string): void {
    assertText(reason)
    const refused = this.#look()
    if (refused === null) throw new StatementFailed(`the config was accepted; wanted it to be rejected with ${JSON.stringify(reason)}.`)
    if (!refused.message.includes(reason)) throw new StatementFailed(`the config was rejected, but for another reason:\n${refused.message}`)
  }

  /** @throws StatementFailed */
  expectAccepted(): void {
    const refused = this.#look()
    if (refused !== null) throw new StatementFailed(`the config was rejected:\n${refused.message}`)
  }

  #look(): Error | null {
    if (this.#answer === null) throw new StatementFailed('no config was given or applied before this step')
    this.#isLookedAt = true
    return this.#answer.refused
  }
}
