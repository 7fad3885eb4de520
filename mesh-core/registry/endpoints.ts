import type { Endpoint } from '../ir/cluster.ts'
import type { Resource } from '../config/resource.ts'
import { selects } from './labels.ts'
import type { Service, ServicePort, WorkloadInstance } from './registry.ts'

/** The pods that a Kubernetes service's port leads to, ready ones only. Source: EndpointSlices as Kubernetes makes them. */
export function endpointsOf(service: Service, port: ServicePort, workloads: readonly WorkloadInstance[]): Endpoint[] {
  const selector = service.selector
  if (selector === null || Object.keys(selector).length === 0) return []
  return workloads
    .filter((workload) => workload.ready && workload.ref.namespace === service.namespace && selects(selector, workload.labels))
    .flatMap((workload) => {
      const target = targetPort(port, workload)
      return target === undefined ? [] : [endpointOf(workload, target)]
    })
}

/** A named target port is looked up among the pod's own ports; a pod without it is no endpoint. */
function targetPort(port: ServicePort, workload: WorkloadInstance): number | undefined {
  return typeof port.targetPort === 'number' ? port.targetPort : workload.ports.find((own) => own.name === port.targetPort)?.number
}

function endpointOf(workload: WorkloadInstance, port: number): Endpoint {
  return {
    address: workload.address,
    port,
    workload: workload.ref,
    labels: workload.labels,
    locality: workload.locality,
    weight: 1,
    healthy: true,
    tlsMode: workload.sidecar ? 'istio' : 'disabled',
  }
}

/**
 * The endpoints that a ServiceEntry lists itself (`resolution: STATIC`), or the host's own name (`DNS`).
 * The workload behind one carries the labels `app` and `version`, or is called as the DNS name.
 */
export function serviceEntryEndpoints(service: Service, port: ServicePort, resource: Resource): Endpoint[] {
  const listed: readonly EntryEndpoint[] = resource.object['spec']?.endpoints ?? []
  if (listed.length === 0)
    return service.resolution === 'none' || service.resolution === 'static' ? [] : [entryEndpoint(service, { address: service.host }, port)]
  return listed.map((endpoint) => entryEndpoint(service, endpoint, port))
}

interface EntryEndpoint {
  readonly address?: string
  readonly ports?: Readonly<Record<string, number>>
  readonly labels?: Readonly<Record<string, string>>
  readonly locality?: string
  readonly weight?: number
}

function entryEndpoint(service: Service, endpoint: EntryEndpoint, port: ServicePort): Endpoint {
  const address = endpoint.address ?? service.host
  const labels = endpoint.labels ?? {}
  const name = labels['app'] ? [labels['app'], labels['version']].filter(Boolean).join('-') : address
  return {
    address,
    port: endpoint.ports?.[port.name] ?? (port.targetPort as number),
    workload: { namespace: service.namespace, name, instance: name },
    labels,
    locality: endpoint.locality ?? '',
    weight: endpoint.weight ?? 1,
    healthy: true,
    tlsMode: 'disabled',
  }
}
