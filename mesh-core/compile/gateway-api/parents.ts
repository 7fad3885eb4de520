import type { Resource } from '../../config/resource.ts'
import { gatewayApi } from '../../registry/managed-gateways.ts'
import { isSubsetOf, isWildcard, overlaps } from '../names.ts'
import type { Problem } from './conditions.ts'
import type { ListenerBinding } from './listener-binding.ts'
import type { Surroundings } from './surroundings.ts'
import type { ParentRef } from './types.ts'

/** A listener that a route names, or that its parent has. Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` routeParentReference. */
export interface ListenerAttachment {
  readonly kind: 'listener'
  readonly ref: ParentRef
  readonly binding: ListenerBinding
  readonly denied: Problem | null
  /** Hostnames of the other listeners of the same port and protocol: what is more exactly theirs is not this one's. */
  readonly others: readonly string[]
}

/** A Service or ServiceEntry whose clients follow a route. */
export interface MeshAttachment {
  readonly kind: 'mesh'
  readonly ref: ParentRef
  /** Full names; empty for a parent that does not exist. */
  readonly hosts: readonly string[]
  readonly namespace: string
  readonly denied: Problem | null
}

export type Attachment = ListenerAttachment | MeshAttachment

/** One for each listener of each parent that there is; a parent that is nobody's leaves no trace. */
export function attachmentsOf(route: Resource, bindings: readonly ListenerBinding[], surroundings: Surroundings): Attachment[] {
  const refs: readonly ParentRef[] = route.object['spec']?.parentRefs ?? []
  return refs.flatMap((ref): Attachment[] => {
    const { group = gatewayApi, kind = 'Gateway' } = ref
    const namespace = ref.namespace ?? route.namespace
    if (group === gatewayApi && (kind === 'Gateway' || kind === 'ListenerSet')) {
      const own = bindings.filter(({ owner }) => owner.kind === kind && owner.namespace === namespace && owner.name === ref.name)
      const beside = surroundings.departs('listenersOfOneObjectAreApart')
        ? own
        : bindings.filter(({ gateway }) => own.some((one) => one.gateway === gateway))
      return own.map((binding) => listenerAttachment(route, ref, binding, beside))
    }
    if (group === '' && kind === 'Service') return [serviceAttachment(ref, namespace, surroundings)]
    if (group === 'networking.istio.io' && kind === 'ServiceEntry') return [serviceEntryAttachment(ref, namespace, surroundings)]
    return []
  })
}

function listenerAttachment(route: Resource, ref: ParentRef, binding: ListenerBinding, beside: readonly ListenerBinding[]): ListenerAttachment {
  const others = beside
    .filter((other) => other !== binding && other.port === binding.port && other.protocol === binding.protocol)
    .map(({ hostname }) => hostname)
  return {
    kind: 'listener',
    ref,
    binding,
    denied: denial(route, ref, binding),
    others: [...new Set(others)].filter((hostname) => hostname !== binding.hostname),
  }
}

/** Section and port first, then hostname and namespace, then the kind. Source: the same file, referenceAllowed. */
function denial(route: Resource, ref: ParentRef, binding: ListenerBinding): Problem | null {
  const missing = (what: string): Problem => ({ reason: 'NoMatchingParent', message: `the parent has no listener with ${what}` })
  if (ref.port !== undefined && ref.port !== binding.port) return missing(`port ${ref.port}`)
  if (ref.sectionName && ref.sectionName !== binding.section) return missing(`name "${ref.sectionName}"`)
  const hostnames: readonly string[] = route.object['spec']?.hostnames ?? []
  const place = `listener "${binding.section}" of ${binding.owner.kind} "${binding.owner.name}"`
  if (!hostnamesMeet(hostnames, binding.hostname))
    return { reason: 'NoMatchingListenerHostname', message: `none of the hostnames is one of ${place} ("${binding.hostname}")` }
  if (!binding.namespaces.includes('*') && !binding.namespaces.includes(route.namespace))
    return { reason: 'NotAllowedByListeners', message: `${place} takes no routes of namespace "${route.namespace}"` }
  if (!binding.kinds.some(({ kind }) => kind === route.kind)) return { reason: 'NotAllowedByListeners', message: `${place} takes no ${route.kind}` }
  return null
}

/** Either side may leave it open. */
function hostnamesMeet(route: readonly string[], listener: string): boolean {
  if (route.length === 0 || listener === '') return true
  return route.some((hostname) => overlaps(hostname.toLowerCase(), listener.toLowerCase()))
}

function serviceAttachment(ref: ParentRef, namespace: string, { object }: Surroundings): MeshAttachment {
  const there = object('Service', namespace, ref.name) !== undefined
  const denied = there ? null : { reason: 'NoMatchingParent', message: `there is no Service "${namespace}/${ref.name}"` }
  return { kind: 'mesh', ref, namespace, hosts: there ? [`${ref.name}.${namespace}.svc.cluster.local`] : [], denied }
}

function serviceEntryAttachment(ref: ParentRef, namespace: string, { object }: Surroundings): MeshAttachment {
  const entry = object('ServiceEntry', namespace, ref.name)
  const denied = entry ? null : { reason: 'NoMatchingParent', message: `there is no ServiceEntry "${namespace}/${ref.name}"` }
  return { kind: 'mesh', ref, namespace, hosts: entry?.object['spec']?.hosts ?? [], denied }
}

/**
 * Does a host of a route belong to this listener, or more exactly to another one of the port?
 * Source: the same file, hostnameAllowedByIsolation.
 */
export function isOwnHost(host: string, { binding, others }: ListenerAttachment): boolean {
  const own = binding.hostname
  if (own !== '' && !isWildcard(own)) return true
  if (own !== '' && !overlaps(host, own)) return false
  return !others.some((other) => own.length <= other.length && isSubsetOf(host, other))
}
