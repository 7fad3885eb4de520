import type { Envelope, TestRunHookFinished, TestRunHookStarted } from '@cucumber/messages'

interface Ran {
  readonly started: TestRunHookStarted
  readonly finished: TestRunHookFinished | null
}

/** Every process of a run runs the hooks around it for itself. They are told once, at its end, in the order in which they were defined. */
export class RunHooks {
  readonly #order: string[] = []
  readonly #started = new Map<string, TestRunHookStarted>()
  readonly #ran = new Map<string, Ran>()

  /** @returns what is to be told now */
  take(envelope: Envelope): readonly Envelope[] {
    const { hook, testRunHookStarted, testRunHookFinished, testRunFinished } = envelope
    if (hook) this.#order.push(hook.id)
    if (testRunHookStarted) {
      this.#started.set(testRunHookStarted.id, testRunHookStarted)
      this.#note({ started: testRunHookStarted, finished: null })
      return []
    }
    if (testRunHookFinished) {
      const started = this.#started.get(testRunHookFinished.testRunHookStartedId)
      if (started) this.#note({ started, finished: testRunHookFinished })
      return started ? [] : [envelope]
    }
    return testRunFinished ? [...this.#all(), envelope] : [envelope]
  }

  /** Of several processes one that failed is told. */
  #note(ran: Ran): void {
    const { hookId } = ran.started
    const known = this.#ran.get(hookId)
    if (!known?.finished || (ran.finished && isBad(ran.finished) && !isBad(known.finished))) this.#ran.set(hookId, ran)
  }

  #all(): Envelope[] {
    const ran = [...this.#ran].toSorted(([one], [other]) => this.#order.indexOf(one) - this.#order.indexOf(other))
    return ran.flatMap(([, { started, finished }]) => [{ testRunHookStarted: started }, ...(finished ? [{ testRunHookFinished: finished }] : [])])
  }
}

function isBad({ result }: TestRunHookFinished): boolean {
  return result.status !== 'PASSED'
}
