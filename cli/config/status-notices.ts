import type { Condition } from '../../mesh-core/compile/gateway-api/conditions.ts'
import type { ObjectStatus } from '../../mesh-core/compile/gateway-api/object-status.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { createMesh } from '../../mesh-core/create-mesh.ts'

/** What is said when something is in order. */
const good: Readonly<Record<string, string>> = {
  Conflicted: 'False',
  InsecureFrontendValidationMode: 'False',
  OverlappingTLSConfig: 'False',
  PartiallyInvalid: 'False',
}

/** What may be so because a Service is defined elsewhere. */
const ofOthers: ReadonlySet<string> = new Set(['BackendNotFound', 'AddressNotUsable', 'AddressNotAssigned'])

/**
 * What a controller would say of objects of the Gateway API that are accepted by the API server and not by it: a line for each condition that is amiss.
 * @param whole the resources are all that the mesh has: a Service that is not among them does not exist
 */
export function statusNotices(resources: readonly Resource[], whole: boolean): string[] {
  const served = new Set(resources.filter(({ kind }) => kind === 'Service').map(({ namespace }) => namespace))
  return statusesOf(resources).flatMap((status) =>
    complaintsOf(status)
      .filter(({ condition: { reason } }) => !ofOthers.has(reason) || whole || served.has(status.resource.namespace))
      .map(({ place, condition: { type, status: value, reason, message } }) => {
        const { origin, source } = status.resource
        return `${source.file}: ${origin.resource}${place}: ${type} is ${value}, ${reason}: ${message}`
      }),
  )
}

/** The statuses themselves, as a controller would write them: `{resource, file, conditions, listeners, parents, ancestors, addresses, attachedListenerSets}`. */
export function statusReport(resources: readonly Resource[]): object[] {
  return statusesOf(resources).map(({ resource: { origin, source }, ...status }) => ({ resource: origin.resource, file: source.file, ...status }))
}

function statusesOf(resources: readonly Resource[]): readonly ObjectStatus[] {
  if (!resources.some(({ apiVersion }) => apiVersion.startsWith('gateway.networking.k8s.io/'))) return []
  const mesh = createMesh()
  mesh.apply(resources)
  return mesh.statuses
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
