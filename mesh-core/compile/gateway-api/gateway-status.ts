import type { Resource } from '../../config/resource.ts'
import { isManaged } from '../../registry/managed-gateways.ts'
import type { AttachedRoute } from './attached-route.ts'
import { clientCertificateOf } from './client-certificate.ts'
import { complaint, condition, type Condition, type Problem } from './conditions.ts'
import { addressProblem } from './gateway-addresses.ts'
import type { AttachedSet, ServedGateway } from './gateways.ts'
import { specOf } from './gateways.ts'
import type { ListenerBinding } from './listener-binding.ts'
import { isServed, listenerStatus, type ListenerStatus } from './listener-status.ts'
import { attachedTo } from './route-status.ts'
import { emptyStatus, generationOf, type ObjectStatus } from './object-status.ts'
import type { Surroundings } from './surroundings.ts'

export function gatewayStatus(gateway: ServedGateway, routes: readonly AttachedRoute<unknown>[], surroundings: Surroundings): ObjectStatus {
  const { resource, bindings, sets } = gateway
  const own = bindings.filter(({ owner }) => owner === resource)
  const generation = generationOf(resource)
  const invalid = invalidAsAWhole(resource, surroundings)
  const listeners = invalidListeners(own)
  const refused = invalid ?? (listeners.all ? listeners.problem : null)
  const accepted = refused ? condition('Accepted', 'Accepted', refused, generation) : acceptedWith(listeners.problem, generation)
  return {
    ...emptyStatus,
    resource,
    conditions: [
      accepted,
      condition(
        'Programmed',
        'Programmed',
        refused ? { reason: 'Invalid', message: refused.message } : unassigned(gateway, surroundings),
        generation,
      ),
      clientCertificateCondition(resource, surroundings, generation),
      ...fallbackCondition(resource, generation),
    ],
    listeners: own.map((binding) => statusOfListener(binding, routes)),
    addresses: refused ? [] : gateway.services.flatMap((host) => surroundings.registry.service(host)?.address || []),
    attachedListenerSets: sets.filter(({ resource: set, allowed }) => allowed && !invalidListeners(ownedBy(bindings, set)).all).length,
  }
}

/** Accepted for the listeners that are in order, though others are not. */
function acceptedWith(problem: Problem | null, generation: number): Condition {
  return problem ? complaint('Accepted', 'Accepted', problem, generation) : condition('Accepted', 'Accepted', null, generation)
}

/** Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` extractGatewayServices, IsManaged; Gateway API `GatewayReasonInvalidParameters`. */
function invalidAsAWhole(gateway: Resource, { object }: Surroundings): Problem | null {
  const { addresses = [], infrastructure } = specOf(gateway)
  const odd = isManaged(specOf(gateway)) ? undefined : addresses.find(({ type = 'IPAddress' }) => type !== 'Hostname')
  if (odd) return { reason: 'UnsupportedAddress', message: `an address of type ${odd.type ?? 'IPAddress'} cannot be given` }
  const parameters = infrastructure?.parametersRef
  if (!parameters) return null
  const { group = '', kind, name } = parameters
  const known = group === '' && kind === 'ConfigMap' && object('ConfigMap', gateway.namespace, name) !== undefined
  return known ? null : { reason: 'InvalidParameters', message: `${group}/${kind} "${name}" holds no parameters of a Gateway` }
}

/** Of the addresses that it asks for. */
function unassigned({ resource, bindings }: ServedGateway, { registry }: Surroundings): Problem | null {
  const ports = bindings.filter(({ state }) => isServed(state)).map(({ port }) => port)
  return addressProblem(resource, ports, registry)
}

interface InvalidListeners {
  readonly problem: Problem | null
  readonly all: boolean
}

function invalidListeners(bindings: readonly ListenerBinding[]): InvalidListeners {
  const broken = bindings.filter(({ state }) => !isServed(state))
  if (broken.length === 0) return { problem: null, all: false }
  const message = `listeners that take no traffic: ${broken.map(({ section }) => section).join(', ')}`
  return { problem: { reason: 'ListenersNotValid', message }, all: broken.length === bindings.length }
}

/** About what it shows to backends; of what listeners refer to these say themselves. */
function clientCertificateCondition(gateway: Resource, surroundings: Surroundings, generation: number): Condition {
  const found = clientCertificateOf(gateway, surroundings)
  return condition('ResolvedRefs', 'ResolvedRefs', found && 'problem' in found ? found.problem : null, generation)
}

/** Clients whose certificates nobody has checked are let in: a warning that the specification wants. */
function fallbackCondition(gateway: Resource, generation: number): Condition[] {
  const { frontend } = specOf(gateway).tls ?? {}
  const validations = [frontend?.default?.validation, ...(frontend?.perPort ?? []).map(({ tls }) => tls?.validation)]
  if (!validations.some((validation) => validation?.mode === 'AllowInsecureFallback')) return []
  const problem = { reason: 'ConfigurationChanged', message: 'clients without a valid certificate are let in' }
  return [complaint('InsecureFrontendValidationMode', '', problem, generation)]
}

export function listenerSetStatus(
  { resource, allowed }: AttachedSet,
  gateway: ServedGateway,
  routes: readonly AttachedRoute<unknown>[],
): ObjectStatus {
  const own = allowed ? ownedBy(gateway.bindings, resource) : []
  const { all, problem } = invalidListeners(own)
  const refused = allowed ? (all ? problem : null) : { reason: 'NotAllowed', message: 'allowedListeners of the Gateway does not take it' }
  const generation = generationOf(resource)
  const accepted = refused ? condition('Accepted', 'Accepted', refused, generation) : acceptedWith(problem, generation)
  return {
    ...emptyStatus,
    resource,
    conditions: [accepted, condition('Programmed', 'Programmed', refused, generation)],
    listeners: own.map((binding) => statusOfListener(binding, routes)),
  }
}

function ownedBy(bindings: readonly ListenerBinding[], owner: Resource): ListenerBinding[] {
  return bindings.filter((binding) => binding.owner === owner)
}

function statusOfListener({ owner, section, state }: ListenerBinding, routes: readonly AttachedRoute<unknown>[]): ListenerStatus {
  return listenerStatus(section, state, attachedTo(routes, owner, section), generationOf(owner))
}
