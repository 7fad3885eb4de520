import type { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { constants } from 'node:os'
import { interrupt } from '../../support/runs/interruption.ts'

const heeded = ['SIGINT', 'SIGTERM'] as const

/** What a run came to, and what ended it before its time: a signal, or its time. */
export interface Heeded<T> {
  readonly result: T
  readonly endedBy: NodeJS.Signals | 'time' | null
}

/**
 * Runs something that Ctrl-C, SIGTERM and the end of its time end in good order: what was put into meshes is taken out, the reports are written. Processes
 * that cucumber forks are told, too. A second signal ends everything at once.
 * @param limitMs how long it may take; `null` for as long as it takes
 */
export async function heedingSignals<T>(limitMs: number | null, work: () => Promise<T>): Promise<Heeded<T>> {
  let endedBy: Heeded<T>['endedBy'] = null
  // Those that have said something, and so heed signals: one that is still starting would die of them, or never know.
  const started = new Set<ChildProcess>()
  const tell = (child: ChildProcess): void => {
    if (child.connected && endedBy !== null) child.kill(endedBy === 'time' ? 'SIGTERM' : endedBy)
  }
  const note = (message: unknown): void => {
    const child = (message as { readonly process: ChildProcess }).process
    child.once('message', () => {
      started.add(child)
      tell(child)
    })
    // One that could not put back what it has changed says so by its exit code.
    child.once('exit', (code) => {
      if (code && typeof child.send === 'function') process.exitCode = code
    })
  }
  const end = (by: NodeJS.Signals | 'time', why: string): void => {
    endedBy = by
    interrupt(why)
    for (const child of started) tell(child)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    if (endedBy !== null && endedBy !== 'time') process.exit(exitCodeOf(signal))
    end(signal, `interrupted by ${signal}`)
  }
  const timer = limitMs === null ? null : setTimeout(() => end('time', `the run's time is over: ${limitMs / 1000} s (--time-limit)`), limitMs)
  subscribe('child_process', note)
  for (const signal of heeded) process.on(signal, onSignal)
  try {
    return { result: await work(), endedBy }
  } finally {
    if (timer !== null) clearTimeout(timer)
    unsubscribe('child_process', note)
    for (const signal of heeded) process.off(signal, onSignal)
  }
}

/** As a shell tells it. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}
