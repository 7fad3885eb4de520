import { meshJson } from '../config/istio/mesh-settings.ts'
import type { Resource } from '../config/resource.ts'
import { isWorkload } from '../config/workload-kinds.ts'
import { matchesLabelSelector, type LabelSelector } from './label-selector.ts'
import { labelsOfNamespaces } from './namespace-labels.ts'
import type { Registry, Service } from './registry.ts'

/** Whether istiod looks into a namespace. */
export type Discovers = (namespace: string) => boolean

/** What the kubelet makes of these does not depend on istiod, and neither does what the cluster itself has of names and addresses. */
const ofKubernetes: ReadonlySet<string> = new Set(['Namespace', 'Node', 'Service', 'Endpoints', 'EndpointSlice', 'Secret', 'ConfigMap'])

/**
 * MeshConfig `discoverySelectors`: namespaces that one of them selects.
 * @returns `null`: there are none, and every namespace is looked into
 * Source: Istio `pkg/kube/namespace/filter.go`.
 */
export function discoveryOf(resources: readonly Resource[]): Discovers | null {
  const selectors = selectorsOf(resources)
  if (selectors.length === 0) return null
  const labelsOf = labelsOfNamespaces(resources)
  const known = new Map<string, boolean>()
  return (namespace) => {
    let found = known.get(namespace)
    if (found === undefined) {
      const own = labelsOf(namespace)
      known.set(namespace, (found = selectors.some((selector) => matchesLabelSelector(selector, own))))
    }
    return found
  }
}

/** Of the MeshConfig that was applied last. */
function selectorsOf(resources: readonly Resource[]): readonly LabelSelector[] {
  const given = resources.flatMap(({ kind, object }) => {
    if (kind !== 'MeshConfig') return []
    const { discoverySelectors } = meshJson().canonical('istio.mesh.v1alpha1.MeshConfig', object) as { discoverySelectors?: LabelSelector[] }
    return discoverySelectors ? [discoverySelectors] : []
  })
  return given.at(-1) ?? []
}

/** Without the config that istiod does not read; pods run in every namespace, and Kubernetes' own objects are there. */
export function discovered(resources: readonly Resource[], discovers: Discovers | null): readonly Resource[] {
  if (!discovers) return resources
  return resources.filter(({ kind, namespace }) => namespace === '' || ofKubernetes.has(kind) || isWorkload({ kind }) || discovers(namespace))
}

/** The registry as istiod has it: services of other namespaces are there for DNS and kube-proxy alone. */
export function discoveredRegistry(registry: Registry, discovers: Discovers | null): Registry {
  return discovers ? new DiscoveredRegistry(registry, discovers) : registry
}

class DiscoveredRegistry implements Registry {
  readonly services: readonly Service[]
  readonly #all: Registry
  readonly #known: ReadonlySet<Service>
  readonly #byHost = new Map<string, Service>()

  constructor(all: Registry, discovers: Discovers) {
    this.#all = all
    this.services = all.services.filter(({ namespace }) => discovers(namespace))
    this.#known = new Set(this.services)
    for (const service of this.services) if (!this.#byHost.has(service.host)) this.#byHost.set(service.host, service)
  }

  get trustDomain(): string {
    return this.#all.trustDomain
  }

  get workloads(): Registry['workloads'] {
    return this.#all.workloads
  }

  get outsiders(): Registry['outsiders'] {
    return this.#all.outsiders
  }

  service(host: string): Service | undefined {
    const first = this.#all.service(host)
    return first && this.#known.has(first) ? first : this.#byHost.get(host)
  }

  serviceAt(address: string): Service | undefined {
    const found = this.#all.serviceAt(address)
    return found && this.#known.has(found) ? found : undefined
  }

  workload(ref: Parameters<Registry['workload']>[0]): ReturnType<Registry['workload']> {
    return this.#all.workload(ref)
  }

  workloadAt(address: string): ReturnType<Registry['workloadAt']> {
    return this.#all.workloadAt(address)
  }

  endpoints(service: Service, port: number): ReturnType<Registry['endpoints']> {
    return this.#all.endpoints(service, port)
  }

  ownEndpoints(service: Service, port: number): ReturnType<Registry['ownEndpoints']> {
    return this.#all.ownEndpoints(service, port)
  }

  resolve(hostname: string, namespace: string): string | null {
    return this.#all.resolve(hostname, namespace)
  }
}
