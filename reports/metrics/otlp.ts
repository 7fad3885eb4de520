import { versions } from '../versions.ts'
import type { Labels, Metric } from './metric.ts'

/**
 * Gauges as an ExportMetricsServiceRequest in the JSON of OTLP/HTTP. Source: opentelemetry-proto, `collector/metrics/v1`; int64 values are strings, enums
 * numbers.
 */
export function otlpMetrics(metrics: readonly Metric[], date: Date): object {
  const timeUnixNano = `${date.getTime()}000000`
  return {
    resourceMetrics: [
      {
        resource: { attributes: attributesOf({ 'service.name': 'meshspec', 'service.version': versions().meshspec }) },
        scopeMetrics: [
          {
            scope: { name: 'meshspec', version: versions().meshspec },
            metrics: metrics.map(({ name, help, unit, points }) => ({
              name: name.join('.'),
              description: help,
              unit,
              gauge: { dataPoints: points.map(({ labels, value }) => ({ attributes: attributesOf(labels), timeUnixNano, asDouble: value })) },
            })),
          },
        ],
      },
    ],
  }
}

function attributesOf(labels: Labels): object[] {
  return Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } }))
}
