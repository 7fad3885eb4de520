import type { AttachedRoute } from './attached-route.ts'
import { complaint, condition, type Condition, type Problem, unsupportedValue } from './conditions.ts'
import type { Attachment } from './parents.ts'
import { generationOf, type ParentStatus } from './object-status.ts'
import type { ParentRef } from './types.ts'

const controllerName = 'istio.io/gateway-controller'

/** Which reason is told when the listeners of a parent have several: the nearest to acceptance. Source: Istio `conditions.go` createRouteStatus. */
const ranking = ['NotAllowedByListeners', 'NoMatchingListenerHostname', 'NoMatchingParent']

/** One entry for each of the route's `parentRefs` that is this controller's. */
export function parentStatuses(route: AttachedRoute<unknown>): ParentStatus[] {
  const byRef = new Map<ParentRef, Attachment[]>()
  for (const attachment of route.attachments) byRef.set(attachment.ref, [...(byRef.get(attachment.ref) ?? []), attachment])
  return [...byRef].map(([parentRef, attachments]) => ({ parentRef, controllerName, conditions: conditionsOf(route, attachments) }))
}

function conditionsOf(route: AttachedRoute<unknown>, attachments: readonly Attachment[]): Condition[] {
  const generation = generationOf(route.resource)
  const { problems, acts } = attachments[0]!.kind === 'mesh' ? route.inMesh : route.atGateways
  const unsupported = problems.find(({ reason }) => reason === unsupportedValue) ?? null
  const unresolved = problems.findLast(({ reason }) => reason !== unsupportedValue) ?? null
  return [
    condition('Accepted', 'Accepted', denialOf(attachments) ?? (acts ? null : unsupported), generation),
    condition('ResolvedRefs', 'ResolvedRefs', unresolved, generation),
    ...(unsupported && acts ? [partiallyInvalid(unsupported, generation)] : []),
  ]
}

/** Rules that are not supported answer with an error while the others act. Source: Gateway API `RouteConditionPartiallyInvalid`. */
function partiallyInvalid({ reason, message }: Problem, generation: number): Condition {
  return complaint('PartiallyInvalid', '', { reason, message: `Dropped Rule: ${message}` }, generation)
}

/** `null` as soon as one listener takes the route. */
function denialOf(attachments: readonly Attachment[]): Problem | null {
  if (attachments.some(({ denied }) => denied === null)) return null
  const denials = attachments.flatMap(({ denied }) => denied ?? [])
  return denials.toSorted((a, b) => ranking.indexOf(a.reason) - ranking.indexOf(b.reason))[0] ?? null
}

/** Routes that a listener of a Gateway or a ListenerSet has taken. */
export function attachedTo(routes: readonly AttachedRoute<unknown>[], owner: object, section: string): number {
  const takes = ({ attachments }: AttachedRoute<unknown>): boolean =>
    attachments.some((one) => one.kind === 'listener' && one.denied === null && one.binding.owner === owner && one.binding.section === section)
  return routes.filter(takes).length
}
