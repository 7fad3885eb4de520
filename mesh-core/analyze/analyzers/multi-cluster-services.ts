import { isDeepStrictEqual } from 'node:util'
import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import type { Inventory } from '../inventory.ts'
import { fullName, kinds, listOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** One service, differently defined in several clusters. Source: Istio `analyzers/multicluster/service.go`. */
export const multiClusterServices: Analyzer = {
  name: 'services.MultiClusterServiceAnalyzer',
  inputs: [kinds.service],
  analyze(mesh, report) {
    for (const services of byName(mesh).values()) {
      const first = services[0]!
      const differing = services.map((service) => differences(specOf(first), specOf(service)))
      if (differing.every((reasons) => reasons.length === 0)) continue
      const clusters = services.filter((_, i) => i === 0 || differing[i]!.length > 0).map((service) => mesh.clusterOf(service))
      const reasons = [...new Set(differing.flat())].sort().join('; ')
      report(messageTypes.inconsistentService, first, [first.name, first.namespace, clusters, reasons])
    }
  },
}

function byName(mesh: Inventory): Map<string, Resource[]> {
  const services = new Map<string, Resource[]>()
  for (const service of mesh.all(kinds.service)) {
    if (mesh.clusterOf(service) === '') continue
    const known = services.get(fullName(service)) ?? []
    services.set(fullName(service), [...known, service])
  }
  return services
}

function differences(one: Spec, other: Spec): string[] {
  const headless = (spec: Spec): boolean => spec.clusterIP === 'None'
  return [
    headless(one) !== headless(other) && 'headless in one and not in another',
    (one.type ?? '') !== (other.type ?? '') && 'different types',
    !isDeepStrictEqual(inOrder(one), inOrder(other)) && 'different ports',
  ].filter((reason) => reason !== false)
}

type Spec = ReturnType<typeof specOf>

function inOrder(spec: Spec): unknown {
  return [...listOf(spec.ports)].sort((a, b) => (String(a.name ?? '') < String(b.name ?? '') ? -1 : 1))
}
