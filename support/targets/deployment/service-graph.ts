import type { BackendVersion, GraphEdge, MetricSample } from '../target.ts'

/** What edges are drawn of: the sidecars' counters, as Kiali draws them. */
export const edgesQuery =
  'sum by (reporter, source_app, source_canonical_service, source_workload_namespace, source_version, source_canonical_revision, destination_app, destination_canonical_service, destination_workload_namespace, destination_version, destination_canonical_revision, connection_security_policy) (istio_requests_total)'

/** @param samples what `edgesQuery` gives */
export function edgesOf(samples: readonly MetricSample[]): readonly GraphEdge[] {
  return samples.map(({ labels }) => ({ from: endOf(labels, 'source'), to: endOf(labels, 'destination') }))
}

function endOf(labels: MetricSample['labels'], end: 'source' | 'destination'): BackendVersion {
  const first = (...names: readonly string[]): string =>
    names.map((name) => labels[`${end}_${name}`]).find((one) => one && one !== 'unknown' && one !== 'latest') ?? ''
  return {
    app: first('app', 'canonical_service') || 'unknown',
    namespace: first('workload_namespace'),
    version: first('version', 'canonical_revision'),
  }
}
