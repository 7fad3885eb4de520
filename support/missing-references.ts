import type { Analyzer } from '../mesh-core/analyze/analyzer.ts'
import { destinationHosts } from '../mesh-core/analyze/analyzers/destination-hosts.ts'
import { destinationSubsets } from '../mesh-core/analyze/analyzers/destination-subsets.ts'
import { gatewayPorts } from '../mesh-core/analyze/analyzers/gateway-ports.ts'
import { virtualServiceGateways } from '../mesh-core/analyze/analyzers/virtual-service-gateways.ts'
import { sentenceOf } from '../mesh-core/analyze/describe.ts'
import { messageOf } from '../mesh-core/advise/advice.ts'
import { unusableKeysOf } from '../mesh-core/advise/traps/unusable-keys.ts'
import { Inventory } from '../mesh-core/analyze/inventory.ts'
import { runAnalyzers } from '../mesh-core/analyze/run-analyzers.ts'
import { keyOf, type Resource } from '../mesh-core/config/resource.ts'

const analyzers: readonly Analyzer[] = [destinationHosts, destinationSubsets, virtualServiceGateways, gatewayPorts]

/**
 * What a scenario's config names that is not in its mesh: hosts, subsets, Gateways, the pods of Gateways and their ports; and keys that Envoy cannot use.
 * @param resources all of the mesh. @param given by the scenario: only that is complained of
 */
export function missingReferences(resources: readonly Resource[], given: readonly Resource[]): readonly string[] {
  const keys = new Set(given.map(keyOf))
  const inventory = new Inventory(resources, { nowMs: 0, manifests: true })
  const unusable = resources.filter(({ kind }) => kind === 'RequestAuthentication').flatMap(unusableKeysOf)
  return [...runAnalyzers(inventory, analyzers), ...unusable.map(messageOf)].filter(({ resource }) => keys.has(keyOf(resource))).map(sentenceOf)
}
