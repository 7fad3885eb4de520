import { message, type Message } from '../../envoy/fields.ts'
import { readRoute } from '../../envoy/route-configuration.ts'
import type { Origin } from '../../ir/origin.ts'
import type { DirectResponseAction, ForwardAction, RedirectAction, Refusal, Route, RouteAction } from '../../ir/route.ts'
import { mergeForward } from './forward-patches.ts'

interface Merged {
  readonly action: RouteAction
  readonly refusal: Refusal | null
}

const needsCluster: Refusal = { reason: 'a route that forwards needs a cluster', spoils: 'message' }

/** A route of which all is said by one patch. */
export function madeRoute(fields: Message, origin: Origin): { readonly route: Route; readonly refusal: Refusal | null } {
  if (fields['route'] === undefined) return { route: readRoute(fields, origin), refusal: null }
  const route = readRoute({ ...fields, route: { cluster: '' } }, origin)
  const { action, refusal } = madeForward(message(fields['route'], 'value.route'), origin)
  return { route: { ...route, action }, refusal }
}

/**
 * What a patched route does: an action of another kind than the one that stood is put in its place, and one of its kind is merged into it.
 * Source: Envoy `Route.action`, a oneof; Istio `pilot/pkg/util/protomarshal`.
 */
export function mergeAction(known: RouteAction, fields: Message, origin: Origin): Merged {
  if (fields['route'] !== undefined) {
    const told = message(fields['route'], 'value.route')
    return known.kind === 'forward' ? mergeForward(known, told, origin) : madeForward(told, origin)
  }
  const { redirect, direct_response: direct } = fields
  if (redirect === undefined && direct === undefined) return { action: known, refusal: null }
  const { action } = readRoute({ match: { prefix: '/' }, redirect, direct_response: direct }, origin)
  return { action: mergeAnswer(known, action, message(redirect, 'value.redirect')), refusal: null }
}

function madeForward(told: Message, origin: Origin): Merged {
  const empty = readRoute({ match: { prefix: '/' }, route: { cluster: '' } }, origin).action as ForwardAction
  const merged = mergeForward(empty, told, origin)
  const leadsSomewhere = ['cluster', 'cluster_header', 'weighted_clusters'].some((name) => told[name] !== undefined)
  return { ...merged, refusal: merged.refusal ?? (leadsSomewhere ? null : needsCluster) }
}

/** @param told of a redirect, as it was written */
function mergeAnswer(known: RouteAction, own: RouteAction, told: Message): RouteAction {
  if (known.kind === 'redirect' && own.kind === 'redirect') return mergeRedirect(known, own, told)
  if (known.kind === 'direct-response' && own.kind === 'direct-response') return mergeDirectResponse(known, own)
  return own
}

function mergeRedirect(known: RedirectAction, own: RedirectAction, told: Message): RedirectAction {
  const saysScheme = told['https_redirect'] !== undefined || told['scheme_redirect'] !== undefined
  return {
    ...known,
    // MOVED_PERMANENTLY is the 0 of its enumeration: merged, it says nothing.
    status: own.status === 301 ? known.status : own.status,
    scheme: saysScheme ? own.scheme : known.scheme,
    host: own.host ?? known.host,
    port: own.port ?? known.port,
    path: own.path ?? known.path,
    ...(own.stripsQuery && { stripsQuery: true }),
  }
}

function mergeDirectResponse(known: DirectResponseAction, own: DirectResponseAction): DirectResponseAction {
  return { kind: 'direct-response', status: own.status || known.status, body: own.body ?? known.body }
}
