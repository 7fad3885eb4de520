import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What the API server by its CRDs, and then istiod's webhook, say of one document. */
export interface Admission {
  /** Why it was refused; `null` when it was accepted. */
  readonly refused: string | null
  readonly by: 'schema' | 'webhook' | 'kubectl' | 'meshConfig' | null
  readonly warnings: readonly string[]
}

export interface Submission {
  readonly config: string
  readonly meshConfig?: unknown
}

const oracle = resolve(import.meta.dirname, '../../../shared/oracle')

export function admissionIsThere(): boolean {
  return existsSync(join(oracle, 'setup'))
}

/** Refused for sure, so that no mesh has to be computed of what comes before it. */
const stopper = '\n---\n{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: the-stopper}, spec: {hosts: []}}\n'

/** A document takes about 4 ms. */
export function admissionsOf(submissions: readonly Submission[]): readonly Admission[] {
  const cache = output(join(oracle, 'setup'), [], '')
  const root = cache.trim()
  const lines = submissions.map(({ config, meshConfig = null }, i) =>
    JSON.stringify({ name: String(i), world: '', config: meshConfig === null ? config + stopper : config, meshConfig, proxies: [], mtls: [] }),
  )
  const found = new Map<string, Admission>()
  for (let start = 0; start < lines.length;) {
    const text = output('unshare', ['-n', join(root, 'bin/gen')], `${lines.slice(start).join('\n')}\n`, root)
    const before = found.size
    for (const line of text.split('\n')) if (line.startsWith('{"name"')) note(line, found)
    start += found.size - before
    // One that istiod's code dies of is passed over.
    if (start < lines.length) found.set(String(start++), { refused: 'istiod died', by: null, warnings: [] })
  }
  return submissions.map((_, i) => found.get(String(i))!)
}

interface Answer {
  readonly name: string
  readonly rejected?: string
  readonly by?: Admission['by']
  readonly error?: string
  readonly warnings?: readonly string[]
}

function note(line: string, found: Map<string, Admission>): void {
  const { name, rejected, by = null, error, warnings = [] } = JSON.parse(line) as Answer
  const stopped = rejected?.includes('the-stopper') === true
  found.set(name, stopped ? { refused: null, by: null, warnings } : { refused: rejected ?? error ?? 'nothing was said', by, warnings })
}

function output(command: string, args: readonly string[], input: string, cwd?: string): string {
  const env = cwd === undefined ? process.env : { ...process.env, REPO_ROOT: join(cwd, 'istio'), TARGET_OUT: cwd, LOCAL_OUT: cwd }
  return spawnSync(command, args, { input, cwd, env, encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['pipe', 'pipe', 'ignore'] }).stdout
}
