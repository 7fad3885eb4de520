import type { NotModelled, Resource } from '../config/resource.ts'
import { originAt } from '../config/resource.ts'
import type { Registry, WorkloadInstance } from '../registry/registry.ts'
import { fqdn } from '../registry/services.ts'

/**
 * What Services ask of kube-proxy, as far as somebody is there for whom it may act. Proxies of the mesh choose endpoints by themselves: `sessionAffinity` is nothing
 * to them, and of `internalTrafficPolicy: Local` it is to be known which nodes pods are on.
 */
export function kubeProxyWishesIn(resources: readonly Resource[], registry: Registry): NotModelled[] {
  const unproxied = registry.workloads.find(({ sidecar, gateway }) => !sidecar && !gateway)
  return resources
    .filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1')
    .flatMap((resource): NotModelled[] => {
      const spec = resource.object['spec'] ?? {}
      const report = (field: string, why: string): NotModelled => ({
        resource: resource.origin.resource,
        origin: originAt(resource, ['spec', field]),
        message: `spec.${field} is not modelled ${why}`,
      })
      const own = unproxied && `for clients without a sidecar, such as ${unproxied.ref.name}: kube-proxy chooses for them`
      const isSticky = spec.sessionAffinity !== undefined && spec.sessionAffinity !== 'None'
      const unplaced = spec.internalTrafficPolicy === 'Local' ? (own ?? withoutNode(resource, registry)) : undefined
      return [...(isSticky && own ? [report('sessionAffinity', own)] : []), ...(unplaced ? [report('internalTrafficPolicy', unplaced)] : [])]
    })
}

/** The first pod of which nobody has said where it is: one that sends, or one behind the Service. */
function withoutNode({ name, namespace }: Resource, registry: Registry): string | undefined {
  const service = registry.service(fqdn(name, namespace))
  const behind = service?.ports
    .flatMap(({ number }) => registry.endpoints(service, number))
    .flatMap(({ workload }) => registry.workload(workload) ?? [])
  const isLost = ({ node }: WorkloadInstance): boolean => node === ''
  const lost = behind?.find(isLost) ?? registry.workloads.find((workload) => workload.sidecar && isLost(workload))
  return lost && `where it is not said which nodes pods are on: write nodeName for ${lost.ref.name}`
}
