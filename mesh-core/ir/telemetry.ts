/** What is changed about one metric. Source: Istio's proxy, `stats.MetricConfig`. */
export interface MetricOverride {
  /** It is not counted. */
  readonly drops: boolean
  /** Labels that it goes without. */
  readonly removes: readonly string[]
  /** Labels that it has besides, or instead: name → expression of CEL. */
  readonly tags: Readonly<Record<string, string>>
}

/** A filter that counts requests for Prometheus. */
export interface StatsFilter {
  /** By name without `istio_`: `requests_total`. */
  readonly metrics: Readonly<Record<string, MetricOverride>>
}

/** What a proxy tells of the traffic of one side. */
export interface SideTelemetry {
  readonly stats: readonly StatsFilter[]
  readonly reportsSpans: boolean
}

/** What a proxy tells: of what its workload asks others, and of what others ask its workload. */
export interface ProxyTelemetry {
  readonly client: SideTelemetry
  readonly server: SideTelemetry
}
