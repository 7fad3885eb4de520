import { ConfigRejected, MeshSpecError } from '../../../mesh-core/config/errors.ts'
import type { Origin } from '../../../mesh-core/ir/origin.ts'
import type { Mesh } from '../../../mesh-core/mesh.ts'
import type { Complain } from './configurator.ts'
import { clusterSuspects, findCulprit, routeSuspects } from './culprit.ts'
import type { Suspect } from './culprit.ts'
import type { ResourceKind } from './discovery-server.ts'
import type { Topology } from './topology.ts'

/** Says what Envoy refuses in its words, and which line of the user's YAML it is about. @param envoy path of the binary */
export function complainFor(envoy: string, model: Mesh, topology: Topology): Complain {
  return async ({ kind, name }, words) => {
    const culprit = await findCulprit(envoy, suspects(model, topology, kind, name))
    return new ConfigRejected([problem(culprit?.words ?? words, culprit ? placed(model, culprit.origin) : null)])
  }
}

/** Parts of the config that may be what Envoy refuses. */
function suspects(model: Mesh, topology: Topology, kind: ResourceKind, name: string): readonly Suspect[] {
  return model.registry.workloads.flatMap((workload) => {
    const config = topology.places.has(workload.ref) ? model.proxyConfig(workload.ref) : null
    if (!config) return []
    if (kind === 'clusters') return clusterSuspects(config)
    return kind === 'routes' ? routeSuspects(config, topology.ownName(workload, name)) : []
  })
}

interface Placed {
  readonly origin: Origin
  readonly place: ReturnType<Mesh['locate']>
}

function placed(model: Mesh, origin: Origin): Placed {
  return { origin, place: model.locate(origin) }
}

function problem(words: string, where: Placed | null): MeshSpecError {
  const place = where ?? { origin: null, place: null }
  return new MeshSpecError({ code: 'APPLY_FAILED', ...place, problem: `Envoy refuses it: ${words}`, hint: null })
}
