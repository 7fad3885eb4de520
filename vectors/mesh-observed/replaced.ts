import { keyOf, type Resource } from '../../mesh-core/config/resource.ts'

/**
 * The recorder gave the world's pods their addresses first. Those of a Deployment that the config replaces were gone then: the new ones had addresses after all
 * others, and nobody had the old ones.
 */
export function withPlacesOfReplaced(before: readonly Resource[], config: readonly Resource[]): readonly Resource[] {
  const replacing = new Set(config.filter(({ kind }) => kind === 'Deployment').map(keyOf))
  return before.map((resource) => (replacing.has(keyOf(resource)) ? ofNobody(resource) : resource))
}

/** As many pods, which nothing selects. */
function ofNobody(deployment: Resource): Resource {
  const name = `${deployment.name}-was-here`
  const { spec, metadata } = deployment.object
  const template = { ...spec.template, metadata: {} }
  return { ...deployment, name, object: { ...deployment.object, metadata: { ...metadata, name }, spec: { ...spec, template } } }
}
