import type { Service, WorkloadInstance } from '../registry/registry.ts'
import type { Catalog } from './catalog.ts'
import { clientPlace } from './client-place.ts'
import type { DestinationRule } from './clusters/destination-rule.ts'

/** The DestinationRule that a client follows to a service. */
export type FollowedRule = (service: Service, client: WorkloadInstance) => DestinationRule | undefined

export function followedRules({ destinationRules }: Catalog): FollowedRule {
  return (service, client) =>
    destinationRules.find(service.host, { namespace: client.ref.namespace, labels: clientPlace(client).labels }, service.namespace)
}
