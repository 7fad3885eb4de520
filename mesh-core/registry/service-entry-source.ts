import type { Resource } from '../config/resource.ts'
import type { Endpoint } from '../ir/cluster.ts'
import type { Origin } from '../ir/origin.ts'
import type { AddressBook } from './addresses.ts'
import type { EntrySpec } from './endpoints.ts'
import { entryEndpoint, podEndpoint } from './endpoints.ts'
import type { Instances } from './kubernetes-source.ts'
import { selects } from './labels.ts'
import { outsiderOf } from './outsiders.ts'
import type { Service, ServicePort, ServiceSource, WorkloadInstance } from './registry.ts'
import type { Capped } from './service-entry-visibility.ts'
import { serviceEntryHosts } from './services.ts'
import { entriesOf } from './workload-entries.ts'

/** Hosts that ServiceEntries name. Source: Istio `serviceregistry/serviceentry/controller.go`. */
export class ServiceEntrySource implements ServiceSource {
  readonly provider = 'External'
  readonly services: readonly Service[]
  readonly #instances: Instances
  /** What each service lists itself. */
  readonly #listed = new Map<Service, readonly EntrySpec[]>()

  constructor(resources: readonly Resource[], instances: Instances, allocations: AddressBook, capped: Capped) {
    this.#instances = instances
    const entries = resources.filter((resource) => resource.kind === 'ServiceEntry')
    this.services = entries.flatMap((resource) => {
      const services = serviceEntryHosts(resource, allocations).map(capped)
      for (const service of services) this.#listed.set(service, resource.object['spec']?.endpoints ?? [])
      return services
    })
  }

  outsiders(): readonly WorkloadInstance[] {
    return this.services.flatMap((service) => {
      const [port] = service.ports
      if (service.selector || !port) return []
      const isListed = this.#listed.get(service)!.length > 0
      const originOf = (index: number): Origin => (isListed ? { ...service.origin, path: ['spec', 'endpoints', index] } : service.origin)
      return this.endpoints(service, port).map((endpoint, i) => outsiderOf(endpoint, originOf(i)))
    })
  }

  endpoints(service: Service, port: ServicePort): readonly Endpoint[] {
    if (service.selector) return this.#selected(service, service.selector, port)
    const listed = this.#listed.get(service) ?? []
    if (listed.length > 0)
      return listed.map((spec) => this.#instances.atPod(entryEndpoint(spec, service.namespace, spec.address ?? service.host, portOf(spec, port))))
    return byName(service) ? [entryEndpoint({}, service.namespace, service.host, port.targetPort as number)] : []
  }

  /** Machines whose address is a name are for hosts that DNS resolves alone. */
  #selected({ namespace, resolution }: Service, selector: NonNullable<Service['selector']>, port: ServicePort): Endpoint[] {
    const dns = resolution === 'dns' || resolution === 'dns-round-robin'
    const machines = entriesOf(this.#instances.entries, namespace, selector).filter((entry) => dns || !entry.named)
    const pods = this.#instances.workloads.filter(({ ref, labels, ready }) => ready && ref.namespace === namespace && selects(selector, labels))
    return [
      ...machines.map(({ spec, address }) => this.#instances.atPod(entryEndpoint(spec, namespace, address, portOf(spec, port)))),
      ...pods.map((pod) => podEndpoint(pod, port.targetPort as number)),
    ]
  }
}

function portOf(spec: EntrySpec, port: ServicePort): number {
  return spec.ports?.[port.name] || (port.targetPort as number)
}

function byName({ resolution }: Service): boolean {
  return resolution === 'dns' || resolution === 'dns-round-robin'
}
