import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How a command ended. */
export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const patienceMs = 120_000
const outputLimit = 64 * 1024 * 1024

/** Runs a shell command in which `{file}` is a file with the text. */
export async function runWithFile(command: string, text: string): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'meshspec-'))
  try {
    const file = join(folder, 'config.yaml')
    await writeFile(file, text)
    return await run(command.replaceAll('{file}', quoted(file)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function run(command: string): Promise<Ended> {
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-c', command], { timeout: patienceMs, maxBuffer: outputLimit }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
      resolve({ code, stdout, stderr: stderr || (error?.message ?? '') })
    })
  })
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
