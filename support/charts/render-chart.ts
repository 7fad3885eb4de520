import { StatementFailed } from '../verdicts/failure.ts'
import { helm } from './helm.ts'

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
