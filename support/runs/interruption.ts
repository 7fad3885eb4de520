/** The run is to end: what is under way is closed, and nothing more is begun. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

const controller = new AbortController()

/** For this process, once and for all. @param why a sentence: `interrupted by SIGINT` */
export function interrupt(why: string): void {
  controller.abort(new Interrupted(why))
}

export function isInterrupted(): boolean {
  return controller.signal.aborted
}

/** @throws Interrupted */
export function assertNotInterrupted(): void {
  controller.signal.throwIfAborted()
}

/** Settles as the work does, unless the run is interrupted before. @throws Interrupted */
export function untilInterrupted<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const { signal } = controller
    const give = (): void => reject(signal.reason as Interrupted)
    signal.addEventListener('abort', give, { once: true })
    const forget = (): void => signal.removeEventListener('abort', give)
    work.finally(forget).then(resolve, reject)
  })
}
