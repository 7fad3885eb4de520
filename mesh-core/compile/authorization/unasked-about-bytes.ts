import type { NotModelled } from '../../config/resource.ts'
import type { AccessPolicy } from '../../ir/access.ts'
import { portsOfPod } from '../../registry/ports-of-pod.ts'
import type { Registry, WorkloadInstance } from '../../registry/registry.ts'
import type { Compiler } from '../compiler.ts'

/**
 * Rules about connections of bytes that an authorizer is to be asked about over gRPC, which Envoy's network filter does and nobody here: of workloads that take
 * such connections. Source: Istio `security/authz/builder/extauthz.go` generateGRPCConfig.
 */
export function unaskedAboutBytes(registry: Registry, compiler: Compiler): NotModelled[] {
  const { authorizationPolicies } = compiler.catalog
  const found = new Map<AccessPolicy['origin'], NotModelled>()
  for (const workload of registry.workloads) {
    const asked = authorizationPolicies.accessTo(workload)?.ofBytesAsked ?? []
    const where = asked.length === 0 ? null : takesBytesAt(workload, registry, compiler)
    if (where === null) continue
    for (const { origin, provider } of asked) {
      const message = `is not modelled for connections of bytes, about which ${provider} is asked over gRPC: ${where} takes them`
      found.set(origin, { resource: origin.resource, origin, message })
    }
  }
  return [...found.values()]
}

/** `port 9000 of shop-v1`; `null`: it reads HTTP everywhere. */
function takesBytesAt(workload: WorkloadInstance, registry: Registry, compiler: Compiler): string | null {
  const { ref, gateway } = workload
  const port = gateway ? portOfGateway(workload, compiler) : portOfSidecar(workload, registry, compiler)
  return port === undefined ? null : `port ${port} of ${ref.name}`
}

function portOfGateway({ ref }: WorkloadInstance, compiler: Compiler): number | undefined {
  return compiler.proxyConfig(ref)?.listeners.find(({ filterChains }) => filterChains.some(({ filter }) => filter.kind === 'tcp'))?.port
}

function portOfSidecar(workload: WorkloadInstance, registry: Registry, compiler: Compiler): number | undefined {
  if (!workload.sidecar) return undefined
  return [...portsOfPod(workload, registry)].find((port) => compiler.inboundPort(workload, port).chains.some(({ reads }) => reads === 'bytes'))
}
