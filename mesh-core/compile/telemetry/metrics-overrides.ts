import type { MetricOverride, StatsFilter } from '../../ir/telemetry.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import { concerns, type Mode } from '../workload-mode.ts'

interface Override {
  readonly match?: { readonly metric?: string; readonly customMetric?: string; readonly mode?: string }
  readonly disabled?: boolean
  readonly tagOverrides?: Readonly<Record<string, { readonly operation?: string; readonly value?: string }>>
}

/** `metrics[]` of a Telemetry. */
export interface Metrics {
  readonly providers?: readonly { readonly name: string }[]
  readonly overrides?: readonly Override[]
}

/** As Prometheus has them, without `istio_`. Source: metricToPrometheusMetric. */
const names: Readonly<Record<string, string>> = {
  REQUEST_COUNT: 'requests_total',
  REQUEST_DURATION: 'request_duration_milliseconds',
  REQUEST_SIZE: 'request_bytes',
  RESPONSE_SIZE: 'response_bytes',
  TCP_OPENED_CONNECTIONS: 'tcp_connections_opened_total',
  TCP_CLOSED_CONNECTIONS: 'tcp_connections_closed_total',
  TCP_SENT_BYTES: 'tcp_sent_bytes_total',
  TCP_RECEIVED_BYTES: 'tcp_received_bytes_total',
  GRPC_REQUEST_MESSAGES: 'request_messages_total',
  GRPC_RESPONSE_MESSAGES: 'response_messages_total',
}

type Tag = NonNullable<Override['tagOverrides']>[string]

interface Merged {
  drops: boolean
  readonly tags: Map<string, Tag>
}

/** What one provider is to count. */
interface Counting {
  /** Nothing, until something is said of a metric. */
  isOff: boolean
  readonly metrics: Map<string, Merged>
}

/**
 * What one side of a proxy counts: a filter for each provider that is one of Prometheus. Source: Istio `pilot/pkg/model/telemetry.go` mergeMetrics,
 * generateStatsConfig.
 * @param all what acts on the proxy; the last prevails
 */
export function mergeMetrics(all: readonly Metrics[], mode: Mode, mesh: MeshConfig): StatsFilter[] {
  const acting = all.map(providersIn).findLast((named) => named.length > 0) ?? mesh.metricsProviders
  const counting = new Map<string, Counting>()
  if (all.length === 0) for (const provider of acting) counting.set(provider, { isOff: false, metrics: new Map() })
  // Who names no provider means those of the one before.
  let providers = mesh.metricsProviders
  for (const metrics of all) {
    const named = providersIn(metrics)
    if (named.length > 0) providers = named
    for (const provider of providers.filter((one) => acting.includes(one))) {
      const counted = counting.get(provider) ?? { isOff: false, metrics: new Map<string, Merged>() }
      counting.set(provider, counted)
      for (const override of metrics.overrides ?? []) if (concerns(override.match?.mode, mode)) enter(counted, override)
    }
  }
  return [...counting].flatMap(([provider, { isOff, metrics }]) => (isOff || !mesh.countsForPrometheus(provider) ? [] : [filterOf(metrics)]))
}

function providersIn({ providers = [] }: Metrics): readonly string[] {
  return providers.map(({ name }) => name)
}

function enter(counting: Counting, { match = {}, disabled, tagOverrides = {} }: Override): void {
  const isAll = match.customMetric === undefined && (match.metric ?? 'ALL_METRICS') === 'ALL_METRICS'
  counting.isOff = isAll && disabled === true
  if (counting.isOff) return
  for (const name of isAll ? Object.values(names) : [match.customMetric ?? names[match.metric!] ?? match.metric!]) {
    const merged = counting.metrics.get(name) ?? { drops: false, tags: new Map<string, Tag>() }
    counting.metrics.set(name, merged)
    if (disabled !== undefined) merged.drops = disabled
    for (const [tag, override] of Object.entries(tagOverrides)) merged.tags.set(tag, override)
  }
}

function filterOf(metrics: ReadonlyMap<string, Merged>): StatsFilter {
  return { metrics: Object.fromEntries([...metrics].map(([name, merged]) => [name, overrideOf(merged)])) }
}

function overrideOf({ drops, tags }: Merged): MetricOverride {
  const removed = [...tags].filter(([, { operation }]) => operation === 'REMOVE')
  const added = [...tags].filter(([, { operation }]) => operation !== 'REMOVE')
  return { drops, removes: removed.map(([name]) => name), tags: Object.fromEntries(added.map(([name, { value = '' }]) => [name, value])) }
}
