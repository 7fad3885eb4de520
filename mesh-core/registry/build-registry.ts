import type { Resource } from '../config/resource.ts'
import { isWorkload } from '../config/workload-kinds.ts'
import type { Endpoint, WorkloadRef } from '../ir/cluster.ts'
import { type AddressBook } from './addresses.ts'
import { withAliases } from './aliases.ts'
import { discovered, discoveryOf } from './discovery.ts'
import { candidates, isIpAddress } from './dns.ts'
import { HostEndpoints } from './host-endpoints.ts'
import type { Injects } from './injection.ts'
import { KubernetesSource } from './kubernetes-source.ts'
import { managedGateways } from './managed-gateways.ts'
import { selects } from './labels.ts'
import { belowService, type NamedEndpoint, podsNamed } from './pod-names.ts'
import type { Registry, Service, ServiceSource, WorkloadInstance } from './registry.ts'
import { ServiceEntrySource } from './service-entry-source.ts'
import { cappedBy } from './service-entry-visibility.ts'
import { byAge } from './services.ts'
import { trustDomainOf } from './spiffe.ts'
import { workloadEntryOf } from './workload-entries.ts'
import { workloadsOf } from './workloads.ts'

export interface RegistryOptions {
  readonly pods: AddressBook
  readonly clusterIps: AddressBook
  readonly outside: AddressBook
  /** Of hosts of ServiceEntries that have no address. */
  readonly allocations: AddressBook
  readonly injects: Injects
  /** Of pods with a sidecar: does it take what comes? */
  readonly inboundSidecar: (workload: WorkloadInstance) => boolean
  /** Does DNS know this name, which is none of the cluster's? */
  readonly outsideName: (hostname: string) => boolean
}

/** Services, workloads and endpoints as the resources describe them. */
export function buildRegistry(resources: Iterable<Resource>, options: RegistryOptions): Registry {
  const whole = [...resources]
  const given = discovered(whole, discoveryOf(whole))
  const all = [...given, ...managedGateways(given)]
  const byName = (kind: string) => new Map(all.filter((resource) => resource.kind === kind).map((resource) => [resource.name, resource]))
  const namespaces = byName('Namespace')
  const nodes = byName('Node')
  const { pods: addresses, injects, inboundSidecar } = options
  const workloads = all.filter(isWorkload).flatMap((resource) => workloadsOf(resource, { addresses, namespaces, nodes, injects, inboundSidecar }))
  const byAddress = firstOf(workloads, (workload) => workload.address)
  const atPod = (endpoint: Endpoint): Endpoint => {
    const pod = byAddress.get(endpoint.address)
    return pod ? { ...endpoint, workload: pod.ref } : endpoint
  }
  const instances = { workloads, entries: all.filter((resource) => resource.kind === 'WorkloadEntry').flatMap(workloadEntryOf), atPod }
  const sources = [
    new KubernetesSource(all, instances, { clusterIps: options.clusterIps, namespaces }, (address) => byAddress.get(address)),
    new ServiceEntrySource(all, instances, options.allocations, cappedBy(whole)),
  ]
  return new BuiltRegistry(sources, workloads, { ...options, trustDomain: trustDomainOf(given) })
}

/** A resolver gives up on names that lead on and on. */
const mostAliases = 8

class BuiltRegistry implements Registry {
  readonly services: readonly Service[]
  readonly workloads: readonly WorkloadInstance[]
  readonly trustDomain: string
  readonly #options: RegistryOptions
  readonly #byHost: ReadonlyMap<string, Service>
  #byLowerHost: ReadonlyMap<string, Service> | undefined
  #addressedByHost: ReadonlyMap<string, Service> | undefined
  readonly #byAddress: ReadonlyMap<string, { readonly service: Service }>
  readonly #workloads: ReadonlyMap<string, WorkloadInstance>
  /** The same by who asks for them: a key is put together once for each, not for each request. */
  readonly #workloadOf = new WeakMap<WorkloadRef, WorkloadInstance>()
  readonly #workloadByAddress: ReadonlyMap<string, WorkloadInstance>
  #outsiders: ReadonlyMap<string, WorkloadInstance> | null = null
  #outsiderAt: ReadonlyMap<string, WorkloadInstance> | null = null
  readonly #sources: readonly ServiceSource[]
  readonly #endpoints: HostEndpoints

  constructor(
    sources: readonly ServiceSource[],
    workloads: readonly WorkloadInstance[],
    options: RegistryOptions & { readonly trustDomain: string },
  ) {
    this.#endpoints = new HostEndpoints(sources)
    this.services = withAliases(sources.flatMap(({ services }) => [...services]).sort(byAge))
    this.workloads = workloads
    this.#options = options
    this.trustDomain = options.trustDomain
    this.#sources = sources
    this.#byHost = firstOf([...this.services].sort(kubernetesFirst), (service) => service.host)
    this.#byAddress = firstOf(
      this.services.flatMap((service) => [...service.addresses, ...service.allocated].map((address) => ({ service, address }))),
      ({ address }) => address,
    )
    this.#workloads = firstOf(workloads, (workload) => instanceKey(workload.ref))
    this.#workloadByAddress = firstOf(workloads, (workload) => workload.address)
  }

  get outsiders(): readonly WorkloadInstance[] {
    return [...this.#outside().values()]
  }

  #outside(): ReadonlyMap<string, WorkloadInstance> {
    return (this.#outsiders ??= firstOf(
      this.#sources.flatMap((source) => source.outsiders()).filter(({ address }) => !this.#isInMesh(address)),
      ({ ref }) => instanceKey(ref),
    ))
  }

  /** Does the address belong to a pod, or lead to some through a service? */
  #isInMesh(address: string): boolean {
    return this.#workloadByAddress.has(address) || this.serviceAt(address)?.provider === 'Kubernetes'
  }

  service(host: string): Service | undefined {
    return this.#byHost.get(host)
  }

  workload(ref: WorkloadRef): WorkloadInstance | undefined {
    const known = this.#workloadOf.get(ref)
    if (known) return known
    const key = instanceKey(ref)
    const workload = this.#workloads.get(key) ?? this.#outside().get(key)
    if (workload) this.#workloadOf.set(ref, workload)
    return workload
  }

  workloadAt(address: string): WorkloadInstance | undefined {
    return this.#workloadByAddress.get(address) ?? (this.#outsiderAt ??= firstOf(this.outsiders, (one) => one.address)).get(address)
  }

  serviceAt(address: string): Service | undefined {
    return this.#byAddress.get(address)?.service
  }

  endpoints(service: Service, port: number): readonly Endpoint[] {
    return this.#endpoints.of(service, port)
  }

  ownEndpoints(service: Service, port: number): readonly Endpoint[] {
    return this.#endpoints.own(service, port)
  }

  resolve(hostname: string, namespace: string, seen = 0): string | null {
    if (isIpAddress(hostname)) return hostname
    if (/^localhost\.?$/i.test(hostname)) return '127.0.0.1'
    let isOfNobody = false
    for (const name of candidates(hostname, namespace)) {
      const service = this.#byHost.get(name) ?? this.#inCapitals().get(name)
      if (service && service.address !== '') return service.address
      if (service?.headless) return this.#podOf(service)
      if (service?.resolution === 'alias' && seen < mostAliases) return this.resolve(`${service.externalName}.`, namespace, seen + 1)
      const further = this.#addressed().get(name)
      if (further) return further.address
      const pods = this.#podsNamed(name)
      if (pods && pods.length > 0) return pods[0]!
      isOfNobody ||= pods !== null
    }
    if (isOfNobody) return null
    const name = hostname.toLowerCase().replace(/\.$/, '')
    return this.#options.outsideName(name) ? this.#options.outside.of(name) : null
  }

  /** Hosts of entries are known as they are written, and resolved without case. */
  #inCapitals(): ReadonlyMap<string, Service> {
    return (this.#byLowerHost ??= firstOf(
      this.services.filter(({ host }) => host !== host.toLowerCase()),
      ({ host }) => host.toLowerCase(),
    ))
  }

  /** Of several entries of a host the first that has an address gives it one. */
  #addressed(): ReadonlyMap<string, Service> {
    return (this.#addressedByHost ??= firstOf(
      this.services.filter(({ address }) => address !== ''),
      ({ host }) => host.toLowerCase(),
    ))
  }

  /** Addresses of a pod that is named below its service; `null`: the name is below none. */
  #podsNamed(name: string): readonly string[] | null {
    const [label, host] = belowService(name) ?? []
    const service = host === undefined ? undefined : this.#byHost.get(host)
    if (label === undefined || service?.resolution !== 'registry') return null
    if (service.ports.length === 0) return podsNamed(this, service, this.#withoutPorts(service), label)
    return service.ports.flatMap(({ number }) => podsNamed(this, service, this.endpoints(service, number), label))
  }

  /** The address of the first pod of any port, as a resolver that does not rotate gives it. The DNS of the cluster knows nothing of what entries say of the host. */
  #podOf(service: Service): string | null {
    for (const { number } of service.ports) {
      const endpoint = this.ownEndpoints(service, number).find(({ healthy }) => healthy)
      if (endpoint) return endpoint.address
    }
    return service.ports.length === 0 ? (this.#withoutPorts(service).find(({ healthy }) => healthy)?.address ?? null) : null
  }

  /** A headless service may have no ports: DNS knows its pods, and istiod none of them. Source: Kubernetes `endpointslice/reconciler.go`; CoreDNS `object/endpoint.go`. */
  #withoutPorts({ selector, namespace }: Service): readonly NamedEndpoint[] {
    if (selector === null || Object.keys(selector).length === 0) return []
    const pods = this.workloads.filter(({ ref, labels }) => ref.namespace === namespace && selects(selector, labels))
    return pods.map(({ ref, address, ready }) => ({ workload: ref, address, healthy: ready }))
  }
}

function kubernetesFirst(a: Service, b: Service): number {
  return Number(b.provider === 'Kubernetes') - Number(a.provider === 'Kubernetes')
}

function instanceKey(ref: WorkloadRef): string {
  return `${ref.namespace}/${ref.instance}`
}

/** The first of several with one key wins. */
function firstOf<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T> {
  const map = new Map<string, T>()
  for (const item of items) {
    const own = key(item)
    if (!map.has(own)) map.set(own, item)
  }
  return map
}
