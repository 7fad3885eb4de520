import type { Endpoint } from '../ir/cluster.ts'
import type { Registry, Service, WorkloadInstance } from './registry.ts'

/** What DNS asks of an endpoint. */
export type NamedEndpoint = Pick<Endpoint, 'healthy' | 'workload' | 'address' | 'hostname'>

/** A name of one pod, taken apart: its own label, and the host of the service. */
export function belowService(name: string): readonly [label: string, host: string] | null {
  const dot = name.indexOf('.')
  return dot < 0 ? null : [name.slice(0, dot), name.slice(dot + 1)]
}

/**
 * The pods that the cluster's DNS knows by a label below the name of their service: by the hostname that their EndpointSlice says, or their own where their subdomain is the service's name, otherwise by
 * their address with dashes. Source: Kubernetes DNS-Based Service Discovery 2.4.1, `k8s.io/endpointslice/util` ShouldSetHostname, CoreDNS `plugin/kubernetes` endpointHostname.
 */
export function podsNamed(registry: Pick<Registry, 'workload'>, service: Service, endpoints: readonly NamedEndpoint[], label: string): string[] {
  return endpoints
    .filter(({ healthy, workload, address, hostname }) => healthy && (hostname ?? labelOf(service, address, registry.workload(workload))) === label)
    .map(({ address }) => address)
}

function labelOf({ name, namespace }: Service, address: string, pod: WorkloadInstance | undefined): string {
  const own = pod?.podName
  const isNamed = own !== undefined && own.hostname !== '' && own.subdomain === name && pod?.ref.namespace === namespace
  return isNamed ? own.hostname : address.replace(/[.:]/g, '-')
}

/**
 * What istiod calls a pod of a headless service: it takes the pod's own name where no hostname is written, and does not compare the subdomain with the service.
 * Source: Istio `serviceregistry/kube/controller/endpoint_builder.go`, `pkg/dns/server/name_table.go`.
 * @returns `null` for a pod without a subdomain
 */
export function tableNameOf({ host }: Service, { podName, ref }: WorkloadInstance): string | null {
  const below = belowService(host)
  if (!podName || podName.subdomain === '' || !below) return null
  return `${podName.hostname || ref.instance}.${podName.subdomain}.${below[1]}`
}
