import type { Labels } from '../../registry/labels.ts'
import { selects } from '../../registry/labels.ts'
import type { Registry, WorkloadInstance } from '../../registry/registry.ts'

/** A number that is a port of the gateway's Service stands for its target port; any other is the pod's own. Source: `pilot/pkg/model/gateway.go` resolvePorts. */
export function podPorts({ registry, workload }: { readonly registry: Registry; readonly workload: WorkloadInstance }, number: number): number[] {
  const mapped = registry.services
    .filter((service) => isServiceOf(service.selector, workload) && service.namespace === workload.ref.namespace)
    .flatMap((service) => service.ports.filter((port) => port.number === number))
    .map((port) =>
      typeof port.targetPort === 'number' ? port.targetPort : (workload.ports.find((own) => own.name === port.targetPort)?.number ?? number),
    )
  return mapped.length > 0 ? [...new Set(mapped)] : [number]
}

export function isServiceOf(selector: Labels | null, workload: WorkloadInstance): boolean {
  return selector !== null && Object.keys(selector).length > 0 && selects(selector, workload.labels)
}
