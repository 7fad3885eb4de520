import type { ObjectStatus } from '../../mesh-core/compile/gateway-api/object-status.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { answeringScripts } from './answering-scripts.ts'
import { hiddenServices } from './hidden-services.ts'
import { missingDelegates } from './missing-delegates.ts'
import { missingReferences } from './missing-references.ts'
import { plainSenders } from './plain-senders.ts'
import { refusedObjects } from './refused-objects.ts'
import { requestedPort } from './requested-port.ts'
import { rivalRules } from './rival-rules.ts'
import { strictPeers } from './strict-peers.ts'
import { unboundRules } from './unbound-rules.ts'
import { unknownPorts } from './unknown-ports.ts'
import { unfittingDelegates } from './unfitting-delegates.ts'
import { unopenedPorts } from './unopened-ports.ts'
import { unresolvedNames } from './unresolved-names.ts'

/** Requests of a sample that are looked into: they are all the same. */
const mostLookedInto = 20

/** What the statement looks at, and whether a client outside the mesh sent it. */
export interface Asked {
  readonly exchanges: readonly Exchange[]
  readonly isFromClient: boolean
}

/** Of what config. */
export interface Config {
  /** All of the mesh. */
  readonly resources: readonly Resource[]
  /** By the scenario. */
  readonly given: readonly Resource[]
  readonly statuses: readonly ObjectStatus[]
}

/** As far as a mesh has it of which the scenario's config is not all: what that says by itself, and what controllers say of it. */
export function whatConfigSays({ exchanges }: Asked, { resources, given, statuses }: Config): readonly string[] {
  return [...strictPeers(exchanges.slice(0, mostLookedInto), resources), ...refusedObjects(statuses, given)]
}

/** What is odd about the config when a statement fails. */
export function whatMayBeWhy({ exchanges, isFromClient }: Asked, { resources, given, statuses }: Config): readonly string[] {
  const some = exchanges.slice(0, mostLookedInto)
  const decisions = some.flatMap(({ hops }) => hops.flatMap(({ explain }) => explain?.() ?? []))
  return [
    ...answeringScripts(some, resources),
    ...unresolvedNames(exchanges, resources),
    ...unknownPorts(some, resources),
    ...(isFromClient ? unopenedPorts(some, resources) : []),
    ...strictPeers(some, resources),
    ...plainSenders(some),
    ...hiddenServices(some, resources),
    ...unboundRules(some, given),
    ...rivalRules(some, resources),
    ...missingDelegates(resources, given),
    ...unfittingDelegates(resources, given),
    ...refusedObjects(statuses, given),
    ...missingReferences({ resources, given, decisions, ports: isFromClient ? some.map(({ request }) => requestedPort(request)) : [] }),
  ]
}
