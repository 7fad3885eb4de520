import { listOf, specOf } from '../../mesh-core/analyze/inventory.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { requestedPort } from './requested-port.ts'

/** Ports that workloads asked for and that the service does not have: what goes there passes all rules by. */
export function unknownPorts(exchanges: readonly Exchange[], resources: readonly Resource[]): readonly string[] {
  const asked = exchanges.flatMap(({ request, hops }) =>
    hops.slice(0, 1).flatMap(({ from, service }) => (from && service ? [{ service, port: requestedPort(request) }] : [])),
  )
  const services = resources.filter(({ kind }) => kind === 'Service')
  const told = asked.flatMap(({ service, port }) => {
    const known = services.find(({ name, namespace }) => service === `${name}.${namespace}.svc.cluster.local`)
    const ports = known ? listOf(specOf(known).ports).map((one) => Number(one.port)) : []
    if (ports.length === 0 || ports.includes(port)) return []
    return [`${known!.name}.${known!.namespace} has no port ${port}; it has ${ports.join(', ')}`]
  })
  return [...new Set(told)]
}
