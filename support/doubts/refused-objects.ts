import type { ObjectStatus } from '../../mesh-core/compile/gateway-api/object-status.ts'
import { keyOf, type Resource } from '../../mesh-core/config/resource.ts'

/** Conditions without which an object does not act as it is written. */
const wanted: ReadonlySet<string> = new Set(['Accepted', 'ResolvedRefs', 'Programmed'])

/** What controllers say against objects of the Gateway API that the scenario has given. */
export function refusedObjects(statuses: readonly ObjectStatus[], given: readonly Resource[]): readonly string[] {
  const keys = new Set(given.map(keyOf))
  const told = statuses
    .filter(({ resource }) => keys.has(keyOf(resource)))
    .flatMap(({ resource, conditions, parents, listeners }) =>
      [...conditions, ...[...parents, ...listeners].flatMap((one) => one.conditions)]
        .filter(({ type, status }) => wanted.has(type) && status === 'False')
        .map(({ type, reason, message }) => `${resource.origin.resource}: ${type} is False, ${reason}: ${message}`),
    )
  return [...new Set(told)]
}
