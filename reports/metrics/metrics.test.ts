import { expect, test } from 'vitest'
import { buildReport } from '../conformance/build.ts'
import { runRecord } from '../run.fixture.ts'
import { metricsOf } from './metric.ts'
import { otlpMetrics } from './otlp.ts'
import { prometheusText } from './prometheus.ts'

const date = new Date(Date.UTC(2026, 10, 28))
const tags = ['@profile:ISTIO-TRAFFIC', '@istio:request-routing']
const scenarios = runRecord.scenarios.map((scenario) => ({ ...scenario, tags, name: `${scenario.name} "so"\\\nor so` }))
const report = buildReport(
  { ...runRecord, scenarios },
  { target: 'cluster', date, reproduce: '', shard: null, profiles: null, fileName: (uri) => uri },
)
const metrics = metricsOf([report])
const text = prometheusText(metrics)

test('Prometheus: every line is one of its text format, each series once', () => {
  const sample = /^[a-z_]+\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\} -?[\d.e+-]+$/
  const lines = text.trimEnd().split('\n')
  for (const line of lines) expect(line).toMatch(line.startsWith('#') ? /^# (HELP|TYPE) meshspec_conformance_\w+ ./ : sample)
  expect(new Set(lines).size).toBe(lines.length)
  expect(text.endsWith('\n')).toBe(true)
})

test('Prometheus: counts, results and verdicts, zeros included', () => {
  const labels = 'target="cluster",mesh="mesh-core",profile="ISTIO-TRAFFIC",level="core"'
  expect(text).toContain(`meshspec_conformance_tests{${labels},verdict="failed"} 1\n`)
  expect(text).toContain(`meshspec_conformance_tests{${labels},verdict="undecided"} 0\n`)
  expect(text).toContain(`meshspec_conformance_result{${labels},result="failure"} 1\n`)
  expect(text).toContain('test="Routing & <shares> / fails \\"so\\"\\\\\\nor so"')
  expect(text).toContain(`meshspec_conformance_last_run_timestamp_seconds{target="cluster",mesh="mesh-core"} ${date.getTime() / 1000}\n`)
})

test('OpenTelemetry: gauges with the same points', () => {
  const { resourceMetrics } = otlpMetrics(metrics, date) as {
    resourceMetrics: { scopeMetrics: { metrics: { name: string; gauge: { dataPoints: object[] } }[] }[] }[]
  }
  const sent = resourceMetrics[0]!.scopeMetrics[0]!.metrics
  expect(sent.map(({ name, gauge }) => [name, gauge.dataPoints.length])).toEqual(metrics.map(({ name, points }) => [name.join('.'), points.length]))
  expect(sent[0]!.gauge.dataPoints[0]).toMatchObject({ timeUnixNano: '1795824000000000000', asDouble: 1 })
})
