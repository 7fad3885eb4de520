import type { Resource } from '../config/resource.ts'
import type { Endpoint, WorkloadRef } from '../ir/cluster.ts'
import { type AddressBook } from './addresses.ts'
import { candidates, isIpAddress } from './dns.ts'
import { endpointsOf, serviceEntryEndpoints } from './endpoints.ts'
import { managedGateways } from './managed-gateways.ts'
import type { Registry, Service, WorkloadInstance } from './registry.ts'
import { serviceEntryHosts, serviceOf } from './services.ts'
import { workloadsOf } from './workloads.ts'

export interface RegistryOptions {
  readonly pods: AddressBook
  readonly clusterIps: AddressBook
  readonly outside: AddressBook
  readonly injectByDefault: (namespace: string) => boolean
  /** Does DNS know this name, which is none of the cluster's? */
  readonly outsideName: (hostname: string) => boolean
}

/** Services, workloads and endpoints as the resources describe them. */
export function buildRegistry(resources: Iterable<Resource>, options: RegistryOptions): Registry {
  const given = [...resources]
  const all = [...given, ...managedGateways(given)]
  const namespaces = new Map(all.filter((resource) => resource.kind === 'Namespace').map((resource) => [resource.name, resource]))
  const workloads = all
    .filter((resource) => resource.kind === 'Deployment' || resource.kind === 'Pod')
    .flatMap((resource) => workloadsOf(resource, { addresses: options.pods, namespaces, injectByDefault: options.injectByDefault }))
  const entries = new Map<Service, Resource>()
  const services: Service[] = []
  for (const resource of all) {
    if (resource.kind === 'Service') services.push(serviceOf(resource, options.clusterIps))
    if (resource.kind === 'ServiceEntry')
      for (const service of serviceEntryHosts(resource)) {
        services.push(service)
        entries.set(service, resource)
      }
  }
  return new BuiltRegistry(services, workloads, entries, options)
}

class BuiltRegistry implements Registry {
  readonly services: readonly Service[]
  readonly workloads: readonly WorkloadInstance[]
  readonly #options: RegistryOptions
  readonly #entries: ReadonlyMap<Service, Resource>
  readonly #byHost: ReadonlyMap<string, Service>
  readonly #byAddress: ReadonlyMap<string, Service>
  readonly #workloads: ReadonlyMap<string, WorkloadInstance>
  readonly #workloadByAddress: ReadonlyMap<string, WorkloadInstance>
  readonly #endpoints = new Map<string, readonly Endpoint[]>()

  constructor(services: Service[], workloads: WorkloadInstance[], entries: ReadonlyMap<Service, Resource>, options: RegistryOptions) {
    this.services = services
    this.workloads = workloads
    this.#options = options
    this.#entries = entries
    this.#byHost = firstOf(services, (service) => service.host)
    this.#byAddress = firstOf(
      services.filter((service) => service.address !== ''),
      (service) => service.address,
    )
    this.#workloads = firstOf(workloads, (workload) => instanceKey(workload.ref))
    this.#workloadByAddress = firstOf(workloads, (workload) => workload.address)
  }

  service(host: string): Service | undefined {
    return this.#byHost.get(host)
  }

  workload(ref: WorkloadRef): WorkloadInstance | undefined {
    return this.#workloads.get(instanceKey(ref))
  }

  workloadAt(address: string): WorkloadInstance | undefined {
    return this.#workloadByAddress.get(address)
  }

  serviceAt(address: string): Service | undefined {
    return this.#byAddress.get(address)
  }

  endpoints(service: Service, port: number): readonly Endpoint[] {
    const key = `${service.namespace}/${service.host}|${port}`
    const known = this.#endpoints.get(key)
    if (known) return known
    const found = this.#findEndpoints(service, port)
    this.#endpoints.set(key, found)
    return found
  }

  resolve(hostname: string, namespace: string): string | null {
    if (isIpAddress(hostname)) return hostname
    for (const name of candidates(hostname, namespace)) {
      const service = this.#byHost.get(name)
      if (service && service.address !== '') return service.address
      if (service?.headless) return this.#podOf(service)
    }
    return this.#options.outsideName(hostname) ? this.#options.outside.of(hostname.toLowerCase()) : null
  }

  /** The address of the first endpoint, as a resolver that does not rotate gives it. */
  #podOf(service: Service): string | null {
    const port = service.ports[0]
    return port ? (this.endpoints(service, port.number)[0]?.address ?? null) : null
  }

  #findEndpoints(service: Service, number: number): readonly Endpoint[] {
    const port = service.ports.find((candidate) => candidate.number === number)
    if (!port) return []
    const entry = this.#entries.get(service)
    return entry ? serviceEntryEndpoints(service, port, entry) : endpointsOf(service, port, this.workloads)
  }
}

function instanceKey(ref: WorkloadRef): string {
  return `${ref.namespace}/${ref.instance}`
}

/** The first of several with one key wins. */
function firstOf<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T> {
  const map = new Map<string, T>()
  for (const item of items) if (!map.has(key(item))) map.set(key(item), item)
  return map
}
