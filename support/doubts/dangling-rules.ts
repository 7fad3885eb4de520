import { destinationHosts } from '../../mesh-core/analyze/analyzers/destination-hosts.ts'
import { destinationSubsets } from '../../mesh-core/analyze/analyzers/destination-subsets.ts'
import { subsets } from '../../mesh-core/analyze/analyzers/subsets.ts'
import { Inventory } from '../../mesh-core/analyze/inventory.ts'
import type { Message } from '../../mesh-core/analyze/message.ts'
import { messageTypes } from '../../mesh-core/analyze/message-types.ts'
import { runAnalyzers } from '../../mesh-core/analyze/run-analyzers.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { missingDelegates } from './missing-delegates.ts'
import { subsetAt, textOf } from './missing-references.ts'

/**
 * Where nobody tells which rules took the requests: delegates, hosts and subsets that rules name and that are not there, and subsets that they lead to and no pod
 * carries.
 * @param resources of the scenario; what is not in its namespaces may be elsewhere in the mesh
 */
export function danglingRules(resources: readonly Resource[]): readonly string[] {
  const inventory = new Inventory(resources, { nowMs: 0, whole: false, manifests: true })
  const led = JSON.stringify(resources.filter(({ kind }) => kind === 'VirtualService').map(({ object }) => object.spec as unknown))
  const isLedTo = ({ code, resource, path }: Message): boolean =>
    code !== messageTypes.subsetWithoutPods.code || led.includes(`"subset":${JSON.stringify(subsetAt(resource, path))}`)
  const messages = runAnalyzers(inventory, [destinationHosts, destinationSubsets, subsets])
  return [...missingDelegates(resources, resources), ...messages.filter(isLedTo).map(textOf)]
}
