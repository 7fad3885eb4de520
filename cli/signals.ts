import type { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { constants } from 'node:os'
import { interrupt } from '../support/interruption.ts'

const heeded = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs something that Ctrl-C and SIGTERM end in good order: what was put into meshes is taken out, the reports are written. Processes that cucumber
 * forks are told, too. A second signal ends everything at once.
 * @returns what it came to, and the signal that ended it
 */
export async function heedingSignals<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly signal: NodeJS.Signals | null }> {
  let seen: NodeJS.Signals | null = null
  const forked = new Set<ChildProcess>()
  const note = (message: unknown): void => void forked.add((message as { readonly process: ChildProcess }).process)
  const onSignal = (signal: NodeJS.Signals): void => {
    if (seen) process.exit(exitCodeOf(signal))
    seen = signal
    interrupt(signal)
    for (const child of forked) if (child.connected) child.kill(signal)
  }
  subscribe('child_process', note)
  for (const signal of heeded) process.on(signal, onSignal)
  try {
    return { result: await work(), signal: seen }
  } finally {
    unsubscribe('child_process', note)
    for (const signal of heeded) process.off(signal, onSignal)
  }
}

/** As a shell tells it. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}
