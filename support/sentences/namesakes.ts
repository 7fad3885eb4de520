import type { Resource } from '../../mesh-core/config/resource.ts'
import { hasPodTemplate } from '../../mesh-core/config/workload-kinds.ts'
import type { ServiceRef } from '../targets/target.ts'

/**
 * The service that a statement means by a name without a namespace: where several namespaces have one of that name, that of the scenario's own.
 * Where only one has, whichever that is: the same service, and nothing to tell apart.
 */
export function amongNamesakes(service: ServiceRef, resources: readonly Resource[], own: string): ServiceRef {
  if (service.namespace !== null) return service
  const namesakes = resources.filter((resource) => isCalled(resource, service.name))
  const namespaces = new Set(namesakes.map(({ namespace }) => namespace))
  return namespaces.size > 1 && namespaces.has(own) ? { ...service, namespace: own } : service
}

function isCalled(resource: Resource, name: string): boolean {
  // Without a selector it stands for others: an ExternalName, endpoints that somebody lists.
  if (resource.kind === 'Service') return resource.name === name && resource.object['spec']?.selector !== undefined
  return hasPodTemplate(resource) && (resource.name === name || resource.object['spec']?.template?.metadata?.labels?.app === name)
}
