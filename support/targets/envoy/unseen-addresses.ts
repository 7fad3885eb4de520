import type { NotModelled } from '../../../mesh-core/config/resource.ts'
import type { AccessCondition, AccessPolicy, InboundPort } from '../../../mesh-core/ir/index.ts'
import type { Registry, WorkloadInstance } from '../../../mesh-core/registry/registry.ts'

/** Every connection to a sidecar comes from 127.0.0.1 here: what asks for addresses of clients there is not shown. */
export function unseenAddresses(
  { workloads }: Pick<Registry, 'workloads'>,
  inboundPort: (workload: WorkloadInstance, port: number) => InboundPort,
): readonly NotModelled[] {
  const found = new Map<string, AccessPolicy>()
  for (const workload of workloads.filter(({ sidecar }) => sidecar)) {
    // The same at each port.
    const { settings, access } = inboundPort(workload, 0)
    for (const { policies } of [...(settings?.access ?? []), ...(access ?? [])])
      for (const policy of policies) if ([...policy.permissions, ...policy.principals].some(asksForAddress)) found.set(policy.name, policy)
  }
  return [...found.values()].map(({ origin }) => ({
    resource: origin.resource,
    origin,
    message: 'addresses of clients are not known to the sidecars of this target, whose connections all come from the loopback',
  }))
}

function asksForAddress(one: AccessCondition): boolean {
  switch (one.kind) {
    case 'connection-address':
    case 'client-address':
      return true
    case 'all':
    case 'some':
      return one.conditions.some(asksForAddress)
    case 'not':
      return asksForAddress(one.condition)
    default:
      return false
  }
}
