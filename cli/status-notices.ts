import type { Condition } from '../mesh-core/compile/gateway-api/conditions.ts'
import type { ObjectStatus } from '../mesh-core/compile/gateway-api/object-status.ts'
import type { Resource } from '../mesh-core/config/resource.ts'
import { createMesh } from '../mesh-core/create-mesh.ts'

/** What is said when something is in order. */
const good: Readonly<Record<string, string>> = { Conflicted: 'False', InsecureFrontendValidationMode: 'False' }

/**
 * What a controller would say of objects of the Gateway API that are accepted by the API server and not by it: a line for each condition that is amiss.
 * @param whole the resources are all that the mesh has: a Service that is not among them does not exist
 */
export function statusNotices(resources: readonly Resource[], whole: boolean): string[] {
  if (!resources.some(({ apiVersion }) => apiVersion.startsWith('gateway.networking.k8s.io/'))) return []
  const mesh = createMesh()
  mesh.apply(resources)
  const served = new Set(resources.filter(({ kind }) => kind === 'Service').map(({ namespace }) => namespace))
  return mesh.statuses.flatMap((status) =>
    complaintsOf(status)
      .filter(({ condition: { reason } }) => reason !== 'BackendNotFound' || whole || served.has(status.resource.namespace))
      .map(({ place, condition: { type, status: value, reason, message } }) => {
        const { origin, source } = status.resource
        return `${source.file}: ${origin.resource}${place}: ${type} is ${value}, ${reason}: ${message}`
      }),
  )
}

interface Complaint {
  readonly place: string
  readonly condition: Condition
}

function complaintsOf({ conditions, listeners, parents, ancestors }: ObjectStatus): Complaint[] {
  const amiss = (place: string, all: readonly Condition[]): Complaint[] =>
    all.filter(({ type, status }) => status !== (good[type] ?? 'True')).map((condition) => ({ place, condition }))
  return [
    ...amiss('', conditions),
    ...listeners.flatMap((listener) => amiss(` listener ${listener.name}`, listener.conditions)),
    ...[...parents, ...ancestors].flatMap(({ parentRef: { kind = 'Gateway', name }, conditions: own }) => amiss(` at ${kind} ${name}`, own)),
  ]
}
