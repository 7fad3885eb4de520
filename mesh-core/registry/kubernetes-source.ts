import type { Resource } from '../config/resource.ts'
import type { Endpoint } from '../ir/cluster.ts'
import type { AddressBook } from './addresses.ts'
import { WrittenEndpoints } from './endpoint-slices.ts'
import { entryEndpoint, podEndpoint, targetPort } from './endpoints.ts'
import { selects } from './labels.ts'
import { outsiderOf } from './outsiders.ts'
import type { Service, ServicePort, ServiceSource, WorkloadInstance } from './registry.ts'
import { serviceOf } from './services.ts'
import type { WorkloadEntry } from './workload-entries.ts'
import { entriesOf } from './workload-entries.ts'

/** What stands behind services, wherever it was read. */
export interface Instances {
  readonly workloads: readonly WorkloadInstance[]
  readonly entries: readonly WorkloadEntry[]
  /** An endpoint that is written down, as the pod whose address it has. */
  readonly atPod: (endpoint: Endpoint) => Endpoint
}

/** Services of Kubernetes, with their pods. */
export class KubernetesSource implements ServiceSource {
  readonly provider = 'Kubernetes'
  readonly services: readonly Service[]
  readonly #instances: Instances
  readonly #written: WrittenEndpoints
  /** Services whose pods count before they are ready. */
  readonly #unready: ReadonlySet<string>

  constructor(
    resources: readonly Resource[],
    instances: Instances,
    { clusterIps, namespaces }: { readonly clusterIps: AddressBook; readonly namespaces: ReadonlyMap<string, Resource> },
    workloadAt: (address: string) => WorkloadInstance | undefined,
  ) {
    const services = resources.filter((resource) => resource.kind === 'Service')
    this.services = services.map((resource) => serviceOf(resource, clusterIps, namespaces))
    this.#instances = instances
    const written = resources.filter((resource) => resource.kind === 'EndpointSlice' || resource.kind === 'Endpoints')
    this.#written = new WrittenEndpoints(written, workloadAt)
    const early = services.filter(({ object }) => object['spec']?.publishNotReadyAddresses === true)
    this.#unready = new Set(early.map(({ namespace, name }) => `${namespace}/${name}`))
  }

  outsiders(): readonly WorkloadInstance[] {
    const machines = this.#instances.entries.map(({ spec, namespace, address, origin }) =>
      outsiderOf(entryEndpoint(spec, namespace, address, 0), origin),
    )
    return [...machines, ...this.#written.outsiders()]
  }

  /** Source: EndpointSlices as Kubernetes makes them, and Istio `serviceregistry/kube/controller/controller.go` for machines that are selected. */
  endpoints(service: Service, port: ServicePort): readonly Endpoint[] {
    const { selector, namespace, name } = service
    if (service.resolution === 'alias') return []
    const written = this.#written.endpoints(namespace, name, port)
    if (selector === null || Object.keys(selector).length === 0) return written
    const early = this.#unready.has(`${namespace}/${name}`)
    const pods = this.#instances.workloads.filter((workload) => workload.ref.namespace === namespace && selects(selector, workload.labels))
    const machines = entriesOf(this.#instances.entries, namespace, selector).filter((entry) => !entry.named)
    return [
      ...pods.flatMap((workload) => {
        const target = targetPort(port, workload)
        return target === undefined ? [] : [{ ...podEndpoint(workload, target), healthy: workload.ready || early }]
      }),
      ...machines.flatMap((machine) => {
        const target = machinePort(port, machine)
        return target === undefined ? [] : [this.#instances.atPod(entryEndpoint(machine.spec, namespace, machine.address, target))]
      }),
      ...written,
    ]
  }
}

function machinePort(port: ServicePort, { spec }: WorkloadEntry): number | undefined {
  return spec.ports?.[port.name] ?? (typeof port.targetPort === 'number' ? port.targetPort : spec.ports?.[port.targetPort])
}
