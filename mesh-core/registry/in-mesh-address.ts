import { candidates, isIpAddress } from './dns.ts'
import { isOutsider } from './outsiders.ts'
import type { Registry } from './registry.ts'

/**
 * Where in the mesh's own network an endpoint of a ServiceEntry leads: to the address of a service of Kubernetes, or to a pod, be it by name.
 * @returns `null` for who is elsewhere
 */
export function addressInMesh(registry: Registry, address: string): string | null {
  const resolved = isIpAddress(address) ? address : resolvedInMesh(registry, address)
  if (resolved === null) return null
  const pod = registry.workloadAt(resolved)
  const isOfMesh = (pod && !isOutsider(pod)) || registry.serviceAt(resolved)?.provider === 'Kubernetes'
  return isOfMesh ? resolved : null
}

/** No other name is looked up: it would be given an address. */
function resolvedInMesh(registry: Registry, name: string): string | null {
  const isService = candidates(name, '').some((host) => registry.service(host)?.provider === 'Kubernetes')
  return isService ? registry.resolve(name, '') : null
}
