import { isOutsider } from '../registry/outsiders.ts'
import type { WorkloadInstance } from '../registry/registry.ts'

/** Who one end of a request is. */
export interface PeerLabels {
  readonly workload: string
  readonly namespace: string
  readonly app: string
  readonly version: string
  readonly canonicalService: string
  readonly canonicalRevision: string
  readonly cluster: string
}

/** The cluster's name where nobody has given it one. */
const clusterName = 'Kubernetes'

/** As a proxy tells of itself, and of its peer. Source: Istio `pkg/model/proxy.go` CanonicalServiceLabels. */
export function labelsOf({ ref, labels }: WorkloadInstance): PeerLabels {
  const first = (...names: readonly string[]): string | undefined => names.map((name) => labels[name]).find((value) => value)
  return {
    workload: ref.name,
    namespace: ref.namespace,
    app: labels['app'] ?? '',
    version: labels['version'] ?? '',
    canonicalService: first('service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app') ?? ref.name,
    canonicalRevision: first('service.istio.io/canonical-revision', 'app.kubernetes.io/version', 'version') ?? 'latest',
    cluster: clusterName,
  }
}

/** As the endpoint tells of it that istiod sends: without what `app` and `version` say. Source: Istio `networking/util/util.go` AppendLbEndpointMetadata. */
export function labelsOfEndpoint(instance: WorkloadInstance): PeerLabels {
  const { labels, ref } = instance
  const workload = isOutsider(instance) ? outsidersName(instance) : ref.name
  return { ...labelsOf({ ...instance, ref: { ...ref, name: workload }, labels }), app: '', version: '' }
}

/** Of whoever told of it: its WorkloadEntry's, or its ServiceEntry's, with the endpoint's index in that. */
function outsidersName({ origin: { resource, path } }: WorkloadInstance): string {
  const name = resource.slice(resource.lastIndexOf('/') + 1)
  const [, list, index] = path
  return list === 'endpoints' && index !== undefined ? `${name}-${index}` : name
}
