import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import type { Inventory } from '../inventory.ts'
import { kinds, labelsOf, listOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'
import { isSelectedBy, selectorText } from '../selectors.ts'

/** A Gateway that no pod carries, and ports that no Service leads to. Source: Istio `analyzers/gateway/gateway.go`. */
export const gatewayPorts: Analyzer = {
  name: 'gateway.IngressGatewayPortAnalyzer',
  inputs: [kinds.gateway],
  analyze(mesh, report) {
    for (const gateway of mesh.all(kinds.gateway)) {
      const { selector, servers } = specOf(gateway)
      const pods = podsOf(gateway, mesh)
      if (pods.length === 0) {
        if (mesh.isWhole) report(messageTypes.notFound, gateway, ['selector', selectorText(selector)], ['spec', 'selector'])
        continue
      }
      const open = new Set(pods.flatMap((pod) => portsInFrontOf(pod, mesh)))
      for (const { port } of listOf(servers))
        if (port && !open.has(Number(port.number)))
          report(messageTypes.portNotInService, gateway, [Number(port.number), selectorText(selector)], ['spec', 'selector'])
    }
  },
}

/** Pods that a Gateway selects, in whatever namespace. */
export function podsOf(gateway: Resource, mesh: Inventory): readonly Resource[] {
  const { selector } = specOf(gateway)
  return mesh.pods.filter((pod) => isSelectedBy(labelsOf(pod), selector))
}

function portsInFrontOf(pod: Resource, mesh: Inventory): number[] {
  return (
    mesh
      .everywhereIn(kinds.service, pod.namespace)
      .filter((service) => isSelectedBy(labelsOf(pod), specOf(service).selector))
      .flatMap((service) => listOf(specOf(service).ports))
      .filter(({ protocol }) => (protocol || 'TCP') === 'TCP')
      // The port of a server is the Service's, or the one that the proxy listens on.
      .flatMap(({ port, targetPort }) => [Number(port), Number(targetPort) || Number(port)])
  )
}
