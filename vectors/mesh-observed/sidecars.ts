import type { Resource } from '../../mesh-core/config/resource.ts'

const label = 'sidecar.istio.io/inject'

/** The recorder ran a sidecar beside every workload that did not decline it, also in namespaces that do not ask for any. */
export function withSidecars(resources: readonly Resource[]): readonly Resource[] {
  const written = new Set(resources.flatMap(({ kind, name }) => (kind === 'Namespace' ? [name] : [])))
  return resources.map((resource) => (resource.kind === 'Deployment' && written.has(resource.namespace) ? asking(resource) : resource))
}

function asking(deployment: Resource): Resource {
  const object = structuredClone(deployment.object)
  const metadata = (object['spec'].template.metadata ??= {})
  metadata.labels = { [label]: metadata.annotations?.[label] ?? 'true', ...metadata.labels }
  return { ...deployment, object }
}
