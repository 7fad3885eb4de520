import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../support/package.ts'

export interface Ended {
  /** `null`: by a signal. */
  readonly status: number | null
  readonly output: string
}

export interface Started {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when what it has written holds the text. */
  readonly says: (text: string) => Promise<void>
}

/** A folder to run the built command (npm run build) in, as a person does. */
export class CommandFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'meshspec-command-'))
  readonly #pids = join(this.path, 'pids')

  write(name: string, text: string): string {
    writeFileSync(join(this.path, name), text)
    return name
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const command = [join(packageRoot, 'dist', 'cli', 'main.js'), ...args]
    const child = spawn(process.execPath, command, { cwd: this.path, env: { ...process.env, FORCE_COLOR: '0', ...env } })
    let output = ''
    const take = (data: Buffer): void => void (output += data.toString())
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const ended = new Promise<Ended>((resolve) => child.once('close', (status) => resolve({ status, output })))
    const says = async (text: string): Promise<void> => {
      while (!output.includes(text)) {
        if (child.exitCode !== null) throw new Error(`it has ended, and never said ${JSON.stringify(text)}:\n${output}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    return { process: child, ended, says }
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(args, env).ended
  }

  /** An Envoy that writes down its process id before it does what the real one does. @returns its path */
  countedEnvoy(real: string): string {
    mkdirSync(this.#pids, { recursive: true })
    return this.script('counted-envoy', `[ "$1" = --version ] || touch ${this.#pids}/$$\nexec ${real} "$@"`)
  }

  /** A program in the shell's language. @returns its path */
  script(name: string, text: string): string {
    const path = join(this.path, name)
    writeFileSync(path, `#!/bin/sh\n${text}\n`)
    chmodSync(path, 0o755)
    return path
  }

  /** Process ids of the counted Envoys that were started, and of those that run. */
  envoys(): { readonly started: readonly number[]; readonly running: readonly number[] } {
    const started = readdirSync(this.#pids).map(Number)
    return { started, running: started.filter(isRunning) }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
