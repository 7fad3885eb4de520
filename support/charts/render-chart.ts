import { spawn } from 'node:child_process'
import { StatementFailed } from '../failure.ts'
import { NotSupported } from '../targets/target.ts'

/** What Helm makes manifests of. */
export interface ChartInput {
  /** Name of the release. */
  readonly release: string
  /** Folder, or packed chart. */
  readonly chart: string
  readonly namespace: string
  /** YAML, on top of the chart's own values. */
  readonly values: string
}

/**
 * What `helm template` makes of a chart: manifests in YAML, without hooks and tests, which are no part of what a release leaves in a cluster.
 * @throws NotSupported without helm; StatementFailed with what helm says of a chart that it cannot render
 */
export async function renderChart({ release, chart, namespace, values }: ChartInput): Promise<string> {
  const args = ['template', release, chart, '--namespace', namespace, '--no-hooks', '--skip-tests', '--values', '-']
  const { code, stdout, stderr } = await helm(args, values)
  if (code !== 0) throw new StatementFailed(`helm could not render the chart:\n${stderr.trim()}`)
  return stdout
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function helm(args: readonly string[], input: string): Promise<Ended> {
  const program = process.env['HELM_PATH'] || 'helm'
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe' })
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
