import type { Resource } from '../../config/resource.ts'
import { protocolOf } from '../../registry/protocol.ts'
import type { Analyzer } from '../analyzer.ts'
import { isControlPlane } from '../in-mesh.ts'
import { kinds, listOf, specOf } from '../inventory.ts'
import type { Report } from '../message.ts'
import { messageTypes } from '../message-types.ts'

/** Ports whose protocol Istio has to guess. Source: Istio `analyzers/service/portname.go`. */
export const portNames: Analyzer = {
  name: 'service.PortNameAnalyzer',
  inputs: [kinds.service],
  analyze(mesh, report) {
    for (const service of mesh.all(kinds.service)) if (!isControlPlane(service)) check(service, report)
  },
}

function check(service: Resource, report: Report): void {
  const { ports, type } = specOf(service)
  const external = type === 'ExternalName'
  for (const [i, { name = '', port, protocol = 'TCP', appProtocol = null, targetPort = 0 }] of listOf(ports).entries()) {
    const guessed = protocolOf({ number: Number(port), name, transport: protocol, appProtocol }) === 'auto'
    const path = ['spec', 'ports', i]
    if (external && (guessed || name === 'tcp')) report(messageTypes.externalNamePortName, service, [], path)
    else if (guessed) report(messageTypes.portNameConvention, service, [name, Number(port), String(targetPort)], path)
  }
}
