import { PassThrough } from 'node:stream'
import type { Readable, Writable } from 'node:stream'
import type { KubeConfig, V1Status } from '@kubernetes/client-node'
import { clusterError } from './cluster-error.ts'

/** Where a command runs. */
export interface ExecPlace {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** A command that runs in a container, its streams held open. */
export interface Running {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when it has ended, with its exit code; `null` when the connection was cut. */
  readonly ended: Promise<number | null>
  kill(): void
}

/** Starts a command in a container, as `kubectl exec -i` does. @throws MeshSpecError CLUSTER_FAILED, CLUSTER_DENIED */
export async function startExec(config: KubeConfig, { namespace, pod, container }: ExecPlace, command: readonly string[]): Promise<Running> {
  const { Exec } = await import('@kubernetes/client-node')
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  let end: (code: number | null) => void = () => {}
  const ended = new Promise<number | null>((resolve) => (end = resolve))
  try {
    const { stdin, stdout, stderr } = streams
    const socket = await new Exec(config).exec(namespace, pod, container, [...command], stdout, stderr, stdin, false, (status) => end(codeOf(status)))
    socket.onclose = () => end(null)
    return { ...streams, ended, kill: () => socket.close() }
  } catch (error) {
    const message = reasonOf(error)
    const denied = /\b(401|403)\b/.test(message)
    throw clusterError(
      denied ? 'CLUSTER_DENIED' : 'CLUSTER_FAILED',
      `cannot run a command in pod ${namespace}/${pod}: ${message}`,
      denied ? 'it takes the permission to create pods/exec' : null,
    )
  }
}

/** Runs a command to its end. */
export async function exec(
  config: KubeConfig,
  place: ExecPlace,
  command: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const running = await startExec(config, place, command)
  const out: string[] = []
  const err: string[] = []
  running.stdout.on('data', (bytes: Buffer) => out.push(String(bytes)))
  running.stderr.on('data', (bytes: Buffer) => err.push(String(bytes)))
  const code = await running.ended
  return { code, stdout: out.join(''), stderr: err.join('') }
}

function codeOf({ status, details }: V1Status): number | null {
  if (status === 'Success') return 0
  const cause = details?.causes?.find(({ reason }) => reason === 'ExitCode')
  return cause ? Number(cause.message) : null
}

/** The library rejects with events of its socket. */
function reasonOf(error: unknown): string {
  const { message, error: inner } = error as { readonly message?: string; readonly error?: { readonly message?: string; readonly code?: string } }
  return message || inner?.message || inner?.code || String(error)
}
