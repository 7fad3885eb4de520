import { listOf, specOf } from '../../mesh-core/analyze/inventory.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { requestedPort } from './requested-port.ts'

/** Ports of gateways that refused a client: what opens a port is a Gateway, and no VirtualService or route alone. */
export function unopenedPorts(exchanges: readonly Exchange[], resources: readonly Resource[]): readonly string[] {
  const refused = exchanges.filter(({ error }) => error === 'refused')
  const ports = new Set(refused.map(({ request }) => requestedPort(request)))
  return [...ports].map((port) => `no gateway listens at port ${port}${whyNot(port, resources)}`)
}

function whyNot(port: number, resources: readonly Resource[]): string {
  const opening = resources.filter((one) => portsOf(one)?.includes(port)).map(({ origin }) => origin.resource)
  if (opening.length > 0)
    return `, though ${opening.join(', ')} ${opening.length === 1 ? 'opens' : 'open'} it: no rule acts there, no pod carries it, or its class is nobody's`
  const opened = resources.flatMap(describe)
  return opened.length === 0 ? ': there is neither a Gateway nor an Ingress' : `: ${opened.join(', ')}`
}

function describe(resource: Resource): readonly string[] {
  const ports = portsOf(resource)
  return ports === null ? [] : [`${resource.origin.resource} ${ports.length === 0 ? 'opens none' : `opens ${[...new Set(ports)].join(', ')}`}`]
}

function portsOf(resource: Resource): readonly number[] | null {
  const { kind, apiVersion } = resource
  const spec = specOf(resource)
  if (kind === 'Ingress') return listOf(spec.tls).length > 0 ? [80, 443] : [80]
  if (kind !== 'Gateway') return null
  if (apiVersion.startsWith('gateway.networking.k8s.io/')) return listOf(spec.listeners).map(({ port }) => Number(port))
  return listOf(spec.servers).map(({ port }) => Number((port as { readonly number?: unknown } | undefined)?.number))
}
