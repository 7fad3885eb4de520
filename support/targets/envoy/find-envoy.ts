import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { MeshSpecError } from '../../../mesh-core/config/errors.ts'
import { cachedEnvoy } from './install-envoy.ts'

/** Older ones lack parts of the configuration that this target writes. */
const oldestEnvoy = '1.30.0'

/** An Envoy that runs here. */
export interface FoundEnvoy {
  readonly path: string
  /** `1.40.0` */
  readonly version: string
  readonly foundBy: EnvoySource
}

export type EnvoySource = '$ENVOY_PATH' | 'PATH' | 'func-e' | 'the cache'

/** What was tried, for `doctor`. `problem` is `null` for an Envoy that runs. */
export interface EnvoyCandidate {
  readonly source: EnvoySource
  readonly path: string | null
  readonly version: string | null
  readonly problem: string | null
}

export interface EnvoySearch {
  readonly env: Readonly<Record<string, string | undefined>>
  /** ms that an Envoy may take to tell its version. Default 10000. */
  readonly patienceMs?: number
}

const sources: readonly EnvoySource[] = ['$ENVOY_PATH', 'PATH', 'func-e', 'the cache']

const waysToGetOne = [
  'npx meshspec envoy install',
  'or put an envoy of https://www.envoyproxy.io/docs/envoy/latest/start/install on PATH',
  'or name its binary in $ENVOY_PATH',
].join(', ')

/**
 * The first Envoy of `$ENVOY_PATH`, PATH, func-e and the cache. One that `$ENVOY_PATH` names must do: nothing else is taken in its place.
 * @throws MeshSpecError ENVOY_NOT_FOUND, ENVOY_UNUSABLE
 */
export async function findEnvoy(search: EnvoySearch = { env: process.env }): Promise<FoundEnvoy> {
  const seen: EnvoyCandidate[] = []
  for (const source of sources) {
    const candidate = await look(source, search)
    if (candidate === null) continue
    const { path, version, problem } = candidate
    if (path !== null && version !== null && problem === null) return { path, version, foundBy: source }
    seen.push(candidate)
    if (source === '$ENVOY_PATH') break
  }
  throw seen.length === 0 ? notFound() : unusable(seen)
}

/** Every place, whether there is an Envoy or not. */
export async function lookEverywhere(search: EnvoySearch = { env: process.env }): Promise<readonly EnvoyCandidate[]> {
  const candidates: EnvoyCandidate[] = []
  for (const source of sources) candidates.push((await look(source, search)) ?? { source, path: null, version: null, problem: 'there is none' })
  return candidates
}

async function look(source: EnvoySource, { env, patienceMs = 10_000 }: EnvoySearch): Promise<EnvoyCandidate | null> {
  const path = await pathOf(source, env)
  if (path === null) return null
  if (!existsSync(path)) return { source, path, version: null, problem: 'there is no such file' }
  return { source, path, ...(await inspect(path, patienceMs)) }
}

async function pathOf(source: EnvoySource, env: EnvoySearch['env']): Promise<string | null> {
  switch (source) {
    case '$ENVOY_PATH':
      return env['ENVOY_PATH'] || null
    case 'PATH':
      return firstLine('sh', ['-c', 'command -v envoy'], env)
    case 'func-e':
      return firstLine('func-e', ['which'], env)
    case 'the cache':
      return cachedEnvoy(env)
  }
}

const run = promisify(execFile)

async function firstLine(command: string, args: readonly string[], env: EnvoySearch['env']): Promise<string | null> {
  try {
    const { stdout } = await run(command, [...args], { env: env as NodeJS.ProcessEnv, timeout: 60_000 })
    return stdout.trim().split('\n').pop() || null
  } catch {
    return null
  }
}

async function inspect(path: string, patienceMs: number): Promise<{ version: string | null; problem: string | null }> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: patienceMs, killSignal: 'SIGKILL' })
    // `envoy  version: 9e55…/1.40.0/Clean/RELEASE/BoringSSL`
    const version = /version: [0-9a-f]*\/(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
    if (version === undefined) return { version: null, problem: 'it does not say an Envoy version' }
    return { version, problem: isOlder(version, oldestEnvoy) ? `it is ${version}, and at least ${oldestEnvoy} is needed` : null }
  } catch (error) {
    const { killed } = error as { readonly killed?: boolean }
    return { version: null, problem: killed ? `it has not told its version within ${patienceMs / 1000} s` : whyItDoesNotRun(error) }
  }
}

/** ENOEXEC, a missing loader (ENOENT of a file that is there) and a shell that takes the binary for a script are how another CPU's binary ends. */
function whyItDoesNotRun(error: unknown): string {
  const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string }
  const text = `${error instanceof Error ? error.message : String(error)} ${stderr ?? ''}`
  const foreign = code === 'ENOEXEC' || code === 'ENOENT' || code === 126 || /exec format error|cannot execute|syntax error|not found/i.test(text)
  if (foreign) return `it does not run on this machine (${process.platform} ${process.arch}): is it another CPU's or system's?`
  if (code === 'EACCES') return 'it is not executable'
  return `it does not run: ${text.trim().split('\n')[0]}`
}

/** By numbers: 1.9.0 is older than 1.30.0. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split('.').map(Number))
  for (let i = 0; i < 3; i++) if (left![i] !== right![i]) return left![i]! < right![i]!
  return false
}

function notFound(): MeshSpecError {
  const problem = 'there is no Envoy: not in $ENVOY_PATH, not on PATH, not by "func-e which", not in the cache'
  return new MeshSpecError({ code: 'ENVOY_NOT_FOUND', origin: null, place: null, problem, hint: waysToGetOne })
}

function unusable(seen: readonly EnvoyCandidate[]): MeshSpecError {
  const problem = `no Envoy that can be used: ${seen.map(({ path, source, problem }) => `${path} (${source}): ${problem}`).join('; ')}`
  return new MeshSpecError({ code: 'ENVOY_UNUSABLE', origin: null, place: null, problem, hint: waysToGetOne })
}
