import { specOf, textsOf } from '../../mesh-core/analyze/inventory.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'

/** VirtualServices of the host that a gateway had no rule for: they are for the mesh alone. */
export function unboundRules(exchanges: readonly Exchange[], given: readonly Resource[]): readonly string[] {
  const hosts = new Set(exchanges.filter(isWithoutRule).map(({ request }) => request.authority.replace(/:\d+$/, '').toLowerCase()))
  const unbound = given.filter((one) => one.kind === 'VirtualService' && isForMesh(one) && textsOf(specOf(one).hosts).some((host) => hosts.has(host)))
  return [...new Set(unbound.map(({ origin }) => `${origin.resource} names no gateways, and acts in the mesh alone: bind it by spec.gateways`))]
}

function isWithoutRule({ hops }: Exchange): boolean {
  return hops.some(({ from, log, explain }) => from === null && log?.flags.split(',').includes('NR') && (explain === null || explain().chosen < 0))
}

function isForMesh(rule: Resource): boolean {
  return textsOf(specOf(rule).gateways).every((gateway) => gateway === 'mesh')
}
