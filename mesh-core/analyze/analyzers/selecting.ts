import type { Resource } from '../../config/resource.ts'
import type { Inventory } from '../inventory.ts'
import { labelsOf } from '../inventory.ts'
import { isSelectedBy } from '../selectors.ts'

export interface Selected {
  readonly pod: Resource
  /** All that select it, in their order. */
  readonly selecting: readonly Resource[]
}

/** Pods that at least one of the resources selects in its own namespace. */
export function selectedTogether(
  mesh: Inventory,
  resources: readonly Resource[],
  labels: (resource: Resource) => Readonly<Record<string, string>>,
): readonly Selected[] {
  return mesh.pods
    .map((pod) => ({ pod, selecting: resources.filter((one) => one.namespace === pod.namespace && isSelectedBy(labelsOf(pod), labels(one))) }))
    .filter(({ selecting }) => selecting.length > 0)
}

/** Resources that are for a whole namespace, by namespace. */
export function withoutSelector(
  resources: readonly Resource[],
  isDefault: (resource: Resource) => boolean,
): ReadonlyMap<string, readonly Resource[]> {
  const byNamespace = new Map<string, Resource[]>()
  for (const resource of resources.filter(isDefault)) byNamespace.set(resource.namespace, [...(byNamespace.get(resource.namespace) ?? []), resource])
  return byNamespace
}
