import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/**
 * Runs a command and, beside it, somebody who waits for the end of a pipe that only we hold: it closes when we let it go or when we die, however that
 * happens, and then the command is killed. (`PR_SET_PDEATHSIG` would do on Linux alone, and Node has no way to set it.)
 */
const supervisor = `
"$@" 3<&- < /dev/null &
child=$!
{ read -r _ <&3; kill -KILL $child; } > /dev/null 2>&1 &
watcher=$!
exec 3<&-
wait $child; code=$?
kill -KILL $watcher 2> /dev/null
exit $code
`

/** A process that does not outlive this one. */
export interface Supervised {
  readonly stdout: Readable
  readonly stderr: Readable
  readonly running: boolean
  /** How it ended: `exit code 1`, `killed`. */
  readonly ended: Promise<string>
  kill(): Promise<void>
}

export function supervise(command: string, args: readonly string[]): Supervised {
  // A process group of its own: Ctrl-C is for us, and we end it when the scenario has been closed.
  const child: ChildProcess = spawn('/bin/sh', ['-c', supervisor, 'meshspec', command, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let running = true
  const lifeline = child.stdio[3] as Writable
  lifeline.on('error', () => {})
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(describeEnd(code, signal)))
  }).finally(() => {
    running = false
    lifeline.destroy()
  })
  return {
    stdout: child.stdout!,
    stderr: child.stderr!,
    get running() {
      return running
    },
    ended,
    kill: async () => {
      lifeline.destroy()
      await ended
    },
  }
}

/** A shell tells its child's signal as 128 + its number. */
function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `signal ${signal}`
  return code !== null && code > 128 ? `signal ${code - 128}` : `exit code ${code}`
}
