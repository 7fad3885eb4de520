import type { Condition } from '../../mesh-core/compile/gateway-api/conditions.ts'
import { generationOf, type ObjectStatus, type ParentStatus } from '../../mesh-core/compile/gateway-api/object-status.ts'
import type { Difference } from '../difference.ts'
import { controllerName, type Stage } from './stage.ts'
import type { StatusExpectation, WantedCondition, WantedListener, WantedParent } from './vector.ts'

type Complain = (field: string, wanted: unknown, seen: unknown) => void

export function compareStatus(stage: Stage, wanted: StatusExpectation): Difference[] {
  const found: Difference[] = []
  const { resource } = wanted
  const call = `status of ${resource.kind} ${resource.namespace ? `${resource.namespace}/` : ''}${resource.name}`
  const complain: Complain = (field, want, seen) => void found.push({ call, field, wanted: want, seen })
  if (wanted.ready) checkReady(stage, resource.name, complain)
  else checkObject(stage.status(resource), wanted, complain)
  return found
}

/** A namespace is ready when its Gateways are; its pods always are. */
function checkReady({ mesh }: Stage, namespace: string, complain: Complain): void {
  for (const { resource, conditions } of mesh.statuses) {
    const counts = resource.kind === 'Gateway' && resource.namespace === namespace
    if (!counts || resource.object.metadata.annotations?.['gateway-api/skip-this-for-readiness'] === 'true') continue
    for (const type of ['Accepted', 'Programmed'])
      if (!conditions.some((one) => one.type === type && one.status === 'True')) complain(`Gateway ${resource.name}`, `${type} is True`, conditions)
  }
}

function checkObject(status: ObjectStatus | undefined, wanted: StatusExpectation, complain: Complain): void {
  if (!status) {
    // An object that nobody answers for has no parents and no listeners, which may be what is wanted.
    if (!wanted.noAcceptedParents && !wanted.zeroAttachedRoutes) complain('status', wanted, undefined)
    return
  }
  checkConditionsOf(status, wanted, complain)
  checkParents(status, wanted, complain)
  checkListeners(status, wanted, complain)
  if (wanted.hasAddress && status.addresses.length === 0) complain('addresses', 'one', status.addresses)
  if (wanted.attachedListenerSets !== undefined && wanted.attachedListenerSets !== status.attachedListenerSets)
    complain('attachedListenerSets', wanted.attachedListenerSets, status.attachedListenerSets)
  if (wanted.generation && generationOf(status.resource) < 2) complain('generation', 'changed', generationOf(status.resource))
  if (wanted.observedGeneration) checkGenerations(status, complain)
}

function checkConditionsOf(status: ObjectStatus, { conditions, parent, ancestor }: StatusExpectation, complain: Complain): void {
  if (!conditions) return
  const among = parent ? status.parents : ancestor ? status.ancestors : null
  const named = parent ?? ancestor
  const own = among?.find(
    ({ parentRef }) => parentRef.name === named?.name && (parentRef.namespace ?? status.resource.namespace) === (named.namespace ?? ''),
  )
  if (among && !own) return complain(parent ? 'parents' : 'ancestors', named, among)
  checkConditions(own?.conditions ?? status.conditions, conditions, generationOf(status.resource), complain)
}

function checkConditions(
  seen: readonly Condition[],
  wanted: readonly WantedCondition[],
  generation: number | null,
  complain: Complain,
  where = '',
): void {
  for (const { type, status, reason } of wanted) {
    const own = seen.find((one) => one.type === type)
    const fits = own && (status === null || own.status === status) && (reason === null || own.reason === reason)
    if (!fits) complain(`${where}${type}`, `${status ?? 'any'}/${reason ?? 'any'}`, own ? `${own.status}/${own.reason}: ${own.message}` : undefined)
    else if (generation !== null && own.observedGeneration !== generation)
      complain(`${where}${type} observedGeneration`, generation, own.observedGeneration)
  }
}

function checkParents(status: ObjectStatus, { parents, noAcceptedParents }: StatusExpectation, complain: Complain): void {
  for (const wanted of parents ?? []) checkParent(status, wanted, complain)
  const isAccepted = ({ conditions }: ParentStatus): boolean => conditions.some(({ type, status: value }) => type === 'Accepted' && value === 'True')
  if (noAcceptedParents && (status.parents.length > 1 || status.parents.some(isAccepted)))
    complain('parents', 'none that is accepted', status.parents)
}

function checkParent(status: ObjectStatus, { parentRef, conditions, controllerName: wantedController }: WantedParent, complain: Complain): void {
  const { group = 'gateway.networking.k8s.io', kind = 'Gateway', namespace = status.resource.namespace, name } = parentRef
  const own = status.parents.find(
    ({ parentRef: ref }) =>
      (ref.group ?? 'gateway.networking.k8s.io') === group &&
      (ref.kind ?? 'Gateway') === kind &&
      (ref.namespace ?? status.resource.namespace) === namespace &&
      ref.name === name,
  )
  if (!own) return complain('parents', parentRef, status.parents)
  if (wantedController !== undefined && own.controllerName !== controllerName) complain('controllerName', controllerName, own.controllerName)
  checkConditions(own.conditions, conditions, generationOf(status.resource), complain, `${kind} ${name}: `)
}

function checkListeners(status: ObjectStatus, { listeners, listenerConditions, zeroAttachedRoutes }: StatusExpectation, complain: Complain): void {
  if (listeners && listeners.length !== status.listeners.length) complain('listeners', listeners.length, status.listeners)
  for (const wanted of listeners ?? []) checkListener(status, wanted, complain)
  const names = listenerConditions?.listeners === 'all' ? status.listeners.map(({ name }) => name) : (listenerConditions?.listeners ?? [])
  for (const name of names) checkListener(status, { name, conditions: listenerConditions!.conditions }, complain)
  if (zeroAttachedRoutes && status.listeners.some(({ attachedRoutes }) => attachedRoutes > 0)) complain('attachedRoutes', 0, status.listeners)
}

function checkListener(status: ObjectStatus, wanted: WantedListener, complain: Complain): void {
  const own = status.listeners.find(({ name }) => name === wanted.name)
  if (!own) return complain('listeners', wanted.name, status.listeners)
  const where = `listener ${wanted.name}: `
  checkConditions(own.conditions, wanted.conditions ?? [], null, complain, where)
  if (wanted.attachedRoutes !== undefined && wanted.attachedRoutes !== own.attachedRoutes)
    complain(`${where}attachedRoutes`, wanted.attachedRoutes, own.attachedRoutes)
  const kinds = own.supportedKinds.map(({ kind }) => kind)
  const missing = wanted.supportedKinds?.filter(({ kind }) => !kinds.includes(kind)) ?? []
  if (missing.length > 0 || (wanted.supportedKinds?.length === 0 && kinds.length > 0))
    complain(`${where}supportedKinds`, wanted.supportedKinds, kinds)
}

function checkGenerations({ resource, conditions, parents }: ObjectStatus, complain: Complain): void {
  for (const { type, observedGeneration } of [...conditions, ...parents.flatMap((one) => one.conditions)])
    if (observedGeneration !== generationOf(resource)) complain(`${type} observedGeneration`, generationOf(resource), observedGeneration)
}
