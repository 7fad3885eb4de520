import { spawn } from 'node:child_process'
import { NotSupported } from '../targets/target.ts'

/** `$HELM_PATH`, else the one on PATH. */
export function helmProgram(): string {
  return process.env['HELM_PATH'] || 'helm'
}

/** @returns `v3.18.4`; `null` where there is none that can be run */
export async function helmVersion(): Promise<string | null> {
  try {
    const { code, stdout } = await helm(['version', '--template', '{{.Version}}'], '')
    return code === 0 ? stdout.trim() : null
  } catch {
    return null
  }
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** @throws NotSupported where there is none */
export function helm(args: readonly string[], input: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(helmProgram(), args, { stdio: 'pipe' })
    const written = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8')
      child[stream].on('data', (text: string) => (written[stream] += text))
    }
    child.on('error', ({ message }) => reject(new NotSupported('config', `charts need helm, on PATH or named by HELM_PATH (${message})`)))
    child.on('close', (code) => resolve({ code, ...written }))
    // A chart that is not there ends helm before it reads.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
