import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { isDeploymentInMesh, templateOf } from '../in-mesh.ts'
import { fullName, kinds, labelsOf, listOf, specOf } from '../inventory.ts'
import type { Report } from '../message.ts'
import { messageTypes } from '../message-types.ts'
import { isSelectedBy } from '../selectors.ts'

/** Services of one Deployment that disagree about a port. Source: Istio `analyzers/deployment/services.go`. */
export const serviceAssociation: Analyzer = {
  name: 'deployment.MultiServiceAnalyzer',
  inputs: [kinds.deployment, kinds.service],
  analyze(mesh, report) {
    for (const deployment of mesh.all(kinds.deployment)) {
      if (isWaypoint(deployment) || !isDeploymentInMesh(deployment, mesh)) continue
      const services = mesh.allIn(kinds.service, deployment.namespace).filter((service) => stands(service, deployment))
      checkProtocols(deployment, services, report)
      checkTargets(deployment, services, report)
    }
  },
}

function isWaypoint(deployment: Resource): boolean {
  return labelsOf(deployment)['gateway.istio.io/managed'] === 'istio.io-mesh-controller'
}

function stands(service: Resource, deployment: Resource): boolean {
  const { selector } = specOf(service)
  const labels = templateOf(deployment).metadata?.labels ?? {}
  return Object.keys(selector ?? {}).length > 0 && isSelectedBy(labels, selector)
}

const namePath = ['metadata', 'name']

function checkProtocols(deployment: Resource, services: readonly Resource[], report: Report): void {
  const ports = new Map<number, Map<string, string[]>>()
  for (const service of services)
    for (const { port, protocol } of listOf(specOf(service).ports)) {
      const protocols = entryOf(ports, Number(port), () => new Map<string, string[]>())
      entryOf(protocols, String(protocol || 'TCP'), () => []).push(fullName(service))
    }
  for (const [port, protocols] of ports)
    if (protocols.size > 1)
      report(messageTypes.portWithSeveralProtocols, deployment, [deployment.name, port, [...protocols.values()].flat().sort()], namePath)
}

function checkTargets(deployment: Resource, services: readonly Resource[], report: Report): void {
  const targets = new Map<string, Map<number, string>>()
  for (const service of services)
    for (const { port, targetPort } of listOf(specOf(service).ports))
      entryOf(targets, String(targetPort || port), () => new Map<number, string>()).set(Number(port), fullName(service))
  for (const [target, ports] of targets) {
    const numbers = [...ports.keys()].sort((a, b) => a - b)
    if (ports.size > 1) report(messageTypes.conflictingPorts, deployment, [deployment.name, [...ports.values()].sort(), target, numbers], namePath)
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key) ?? make()
  map.set(key, known)
  return known
}
