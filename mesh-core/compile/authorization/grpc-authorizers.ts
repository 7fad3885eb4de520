import { originAt } from '../../config/resource.ts'
import type { NotModelled, Resource } from '../../config/resource.ts'
import { meshConfigOf } from '../mesh-config.ts'

/** Policies that ask an authorizer over gRPC: nobody here speaks Envoy's `envoy.service.auth.v3.Authorization`. */
export function grpcAuthorizersIn(resources: readonly Resource[]): NotModelled[] {
  const asking = resources.filter(({ kind, object }) => kind === 'AuthorizationPolicy' && object['spec']?.action === 'CUSTOM')
  if (asking.length === 0) return []
  const { extensionProviders } = meshConfigOf(resources)
  const names = new Set(extensionProviders.filter(({ envoyExtAuthzGrpc }) => envoyExtAuthzGrpc).map(({ name }) => name))
  return asking.flatMap((resource): NotModelled[] => {
    if (!names.has(resource.object['spec']?.provider?.name)) return []
    const origin = originAt(resource, ['spec', 'provider', 'name'])
    const message = 'spec.provider is not modelled where it is asked over gRPC: no service here speaks envoy.service.auth.v3; write envoyExtAuthzHttp'
    return [{ resource: resource.origin.resource, origin, message }]
  })
}
