/** The lab: a real Kubernetes API, istiod, sidecars and a gateway on this machine. `../shared/lab`, or `$MESHSPEC_LAB`. */
import { spawn, spawnSync } from 'node:child_process'
import type { SpawnSyncReturns } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const program = process.env['MESHSPEC_LAB'] ?? join(root, '..', 'shared', 'lab', 'lab')

/** Why there can be no lab here; `null` when there can. */
export function missingLab(): string | null {
  if (!existsSync(program)) return `there is no lab at ${program}`
  if (process.platform !== 'linux') return 'the lab needs Linux'
  return process.getuid?.() === 0 ? null : 'the lab needs root'
}

/** How a command ended. */
export interface Ended {
  readonly status: number | null
  readonly output: string
}

/** A lab of our own: others may run at the same time. */
export class Lab {
  readonly name = process.env['MESHSPEC_LAB_NAME'] ?? `meshspec-${process.pid}`
  /** One that was there before stays. */
  readonly #isOurs = process.env['MESHSPEC_LAB_NAME'] === undefined

  /**
   * @param images where the lab is to read which program an image is
   * @param others further ones, by patterns of images; they go before
   */
  up(images: string, others: Readonly<Record<string, object>> = {}): void {
    const pod = { command: ['node', join(root, 'dist', 'samples', 'pod.js'), '--port=$(LAB_PORTS)'], cwd: root }
    writeFileSync(images, JSON.stringify({ ...others, 'bookinfo-|meshspec': pod }))
    const { status } = this.#sync(['up', '--images', images], 'inherit')
    if (status !== 0) throw new Error(`lab up ended with code ${status}`)
  }

  down(): void {
    if (this.#isOurs) this.#sync(['down'], 'inherit')
  }

  /** @throws Error when it fails */
  kubectl(...rest: string[]): string {
    return this.kubectlWith('', ...rest)
  }

  /** @param input for its standard input. @throws Error when it fails */
  kubectlWith(input: string, ...rest: string[]): string {
    const { status, stdout, stderr } = this.#sync(['kubectl', ...rest], 'pipe', input)
    if (status !== 0) throw new Error(`kubectl ${rest.join(' ')}: ${String(stderr)}`)
    return String(stdout)
  }

  faults(kind: 'freeze' | 'thaw' | 'cut' | 'heal', pod: string): void {
    const { status, stdout, stderr } = this.#sync(['faults', kind, pod], 'pipe')
    if (status !== 0) throw new Error(`lab faults ${kind} ${pod}: ${String(stdout)}${String(stderr)}`)
  }

  /** Runs a command inside the lab. @param onOutput is told each piece of it as it comes */
  run(command: readonly string[], env: Readonly<Record<string, string>> = {}, onOutput: (text: string) => void = () => {}): Promise<Ended> {
    const child = spawn(program, ['--name', this.name, 'run', '--', 'env', '-u', 'GATEWAY_URL', ...command], {
      cwd: root,
      env: { ...process.env, ...env },
    })
    let output = ''
    const take = (bytes: Buffer): void => {
      output += String(bytes)
      onOutput(String(bytes))
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    return new Promise((resolve) => child.on('close', (status) => resolve({ status, output })))
  }

  #sync(args: readonly string[], stdio: 'inherit' | 'pipe', input?: string): SpawnSyncReturns<Buffer> {
    return spawnSync(program, ['--name', this.name, ...args], {
      cwd: root,
      stdio,
      maxBuffer: 64 * 1024 * 1024,
      ...(input !== undefined && { input }),
    })
  }
}
