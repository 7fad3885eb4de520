import type { Analyzer } from '../analyzer.ts'
import type { Fields } from '../inventory.ts'
import { kinds, labelsOf, listOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** Registries that istiod always has. Source: Istio `pilot/pkg/serviceregistry/provider`. */
const builtIn = ['Mock', 'Kubernetes', 'External']

/** Networks whose endpoints come from a registry that nobody has named. Source: Istio `analyzers/multicluster/meshnetworks.go`. */
export const meshNetworks: Analyzer = {
  name: 'meshnetworks.MeshNetworksAnalyzer',
  inputs: [kinds.meshNetworks],
  analyze(mesh, report) {
    const remote = mesh.all(kinds.secret).filter((secret) => labelsOf(secret)['istio/multiCluster'] === 'true')
    const registries = new Set([
      ...builtIn,
      ...remote.flatMap(({ object }) => [...Object.keys(object.data ?? {}), ...Object.keys(object.stringData ?? {})]),
    ])
    for (const resource of mesh.all(kinds.meshNetworks))
      for (const [name, network] of Object.entries((resource.object.networks ?? {}) as Record<string, Fields>))
        for (const [i, { fromRegistry }] of listOf(network?.endpoints).entries())
          if (fromRegistry && !registries.has(fromRegistry))
            report(messageTypes.unknownRegistry, resource, [fromRegistry, name], ['networks', name, 'endpoints', i, 'fromRegistry'])
  },
}
