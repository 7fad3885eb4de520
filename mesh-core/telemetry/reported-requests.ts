import type { ProxyTelemetry } from '../ir/telemetry.ts'
import type { WorkloadInstance } from '../registry/registry.ts'
import type { Labels } from './promql/value.ts'
import type { CountedRequest } from './standard-metrics.ts'
import { tagValue } from './tag-expression.ts'

/** Those that are kept, without `istio_`. */
export const metrics = ['requests_total', 'request_duration_milliseconds'] as const

/** A request with the labels under which it stands in each metric; one that does not count it has none. */
export interface ReportedRequest {
  readonly labels: Readonly<Partial<Record<(typeof metrics)[number], Labels>>>
  readonly endMs: number
  readonly durationMs: number
}

/** What Telemetries leave of the requests that a proxy has counted: one for each filter that counts. @param telemetryOf of the mesh as it was then */
export function reportedRequests(
  { labels, own, side, attributes, endMs, durationMs }: CountedRequest,
  telemetryOf: (workload: WorkloadInstance) => ProxyTelemetry,
): readonly ReportedRequest[] {
  // Who has gone by now said nothing of it.
  if (!own) return [{ labels: Object.fromEntries(metrics.map((metric) => [metric, labels])), endMs, durationMs }]
  return telemetryOf(own)[side].stats.map(({ metrics: overrides }) => {
    const reported: Partial<Record<string, Labels>> = {}
    for (const metric of metrics) {
      const override = overrides[metric]
      if (override?.drops) continue
      const kept = { ...labels }
      for (const [name, expression] of Object.entries(override?.tags ?? {})) kept[name] = tagValue(expression, attributes())
      for (const name of override?.removes ?? []) delete kept[name]
      reported[metric] = kept
    }
    return { labels: reported, endMs, durationMs }
  })
}
