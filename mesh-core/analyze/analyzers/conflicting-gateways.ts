import { hostsOverlap } from '../../config/istio/names.ts'
import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { fullName, kinds, listOf, specOf, textsOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'
import { selectorText } from '../selectors.ts'
import { podsOf } from './gateway-ports.ts'

/** The same hosts on the same port of the same pods, claimed by several Gateways. Source: Istio `analyzers/gateway/conflictinggateway.go`. */
export const conflictingGateways: Analyzer = {
  name: 'gateway.ConflictingGatewayAnalyzer',
  inputs: [kinds.gateway],
  analyze(mesh, report) {
    const gateways = mesh.all(kinds.gateway)
    const pods = new Map(gateways.map((gateway) => [gateway, new Set(podsOf(gateway, mesh))] as const))
    for (const gateway of gateways) {
      const others = gateways.filter((other) => other !== gateway && shareProxies(gateway, other, pods))
      const selector = selectorText(specOf(gateway).selector)
      for (const [i, { port, hosts }] of listOf(specOf(gateway).servers).entries()) {
        const own = textsOf(hosts)
        const claiming = others
          .filter((other) => hostsAt(other, port?.number).some((host) => own.some((one) => hostsOverlap(one, host))))
          .map(fullName)
        if (claiming.length > 0)
          report(
            messageTypes.conflictingGateways,
            gateway,
            [claiming.join(', '), selector, String(port?.number), own.join(', ')],
            ['spec', 'servers', i],
          )
      }
    }
  },
}

/** By the same selector, or by a pod that both select. */
function shareProxies(one: Resource, other: Resource, podsOfGateways: ReadonlyMap<Resource, ReadonlySet<Resource>>): boolean {
  if (selectorText(specOf(one).selector) === selectorText(specOf(other).selector)) return true
  const own = podsOfGateways.get(one)!
  return [...podsOfGateways.get(other)!].some((pod) => own.has(pod))
}

/** Of two servers on one port the later counts. */
function hostsAt(gateway: Resource, number: unknown): readonly string[] {
  return textsOf(listOf(specOf(gateway).servers).findLast(({ port }) => port && port.number === number)?.hosts)
}
