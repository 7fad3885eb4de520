import type { Labels, Metric } from './metric.ts'

/** Prometheus' text format 0.0.4, for a textfile of the node exporter and for the Pushgateway. */
export function prometheusText(metrics: readonly Metric[]): string {
  const lines = metrics.flatMap(({ name, help, points }) => {
    const full = name.join('_')
    return [
      `# HELP ${full} ${help.replaceAll('\\', '\\\\')}`,
      `# TYPE ${full} gauge`,
      ...points.map(({ labels, value }) => `${full}${labelText(labels)} ${value}`),
    ]
  })
  return `${lines.join('\n')}\n`
}

function labelText(labels: Labels): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
