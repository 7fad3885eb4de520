import { meshJson } from './istio/mesh-settings.ts'
import { originAt } from './resource.ts'
import type { NotModelled, Resource } from './resource.ts'

interface Provider {
  readonly name?: string
  readonly envoyExtAuthzGrpc?: object
}

/** Policies that ask an authorizer over gRPC: nobody here speaks Envoy's `envoy.service.auth.v3.Authorization`. */
export function grpcAuthorizersIn(resources: readonly Resource[]): NotModelled[] {
  const asking = resources.filter(({ kind, object }) => kind === 'AuthorizationPolicy' && object['spec']?.action === 'CUSTOM')
  if (asking.length === 0) return []
  const names = new Set(providersOf(resources).flatMap(({ name, envoyExtAuthzGrpc }) => (envoyExtAuthzGrpc ? [name] : [])))
  return asking.flatMap((resource): NotModelled[] => {
    if (!names.has(resource.object['spec']?.provider?.name)) return []
    const origin = originAt(resource, ['spec', 'provider', 'name'])
    const message = 'spec.provider is not modelled where it is asked over gRPC: no service here speaks envoy.service.auth.v3; write envoyExtAuthzHttp'
    return [{ resource: resource.origin.resource, origin, message }]
  })
}

/** Those of the mesh: a later config stands in the place of an earlier one's list. */
function providersOf(resources: readonly Resource[]): readonly Provider[] {
  let providers: readonly Provider[] = []
  for (const { kind, object } of resources)
    if (kind === 'MeshConfig') {
      const given = meshJson().canonical('istio.mesh.v1alpha1.MeshConfig', object)['extensionProviders']
      if (Array.isArray(given)) providers = given as readonly Provider[]
    }
  return providers
}
