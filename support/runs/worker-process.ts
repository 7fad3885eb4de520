import { interrupt } from './interruption.ts'

/**
 * In a process that cucumber has forked to run scenarios beside others: ends in good order when it is told to, and at once when the one that forked it
 * is not there any more, for else it would go on for nobody.
 */
export function followCoordinator(): void {
  if (process.env['CUCUMBER_PARALLEL'] === undefined || !process.send) return
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt(`interrupted by ${signal}`))
  process.once('disconnect', () => process.exit(1))
}

/** Whatever else ends well. Cucumber ends the processes that it has forked with 0. */
export function exitWith(code: number): void {
  process.exitCode = code
  process.on('exit', (other) => {
    if (other === 0) process.exitCode = code
  })
}
