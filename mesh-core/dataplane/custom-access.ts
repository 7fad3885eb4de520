import type { Authorizer, CustomAccess, HeaderName } from '../ir/access.ts'
import type { WorkloadRef } from '../ir/cluster.ts'
import { Headers } from '../ir/message.ts'
import type { HttpRequest, HttpResponse } from '../ir/message.ts'
import { denialOf, detailsOf, type AccessSubject, type Denial } from '../match/access.ts'
import { compileStringMatch } from '../match/string.ts'
import { blindly } from './balancer.ts'
import { Delivery } from './delivery.ts'
import type { Place } from './evidence.ts'
import { accessDenied } from './local-reply.ts'
import type { LocalReply } from './local-reply.ts'
import type { InFlight, Outcome } from './outcome.ts'
import type { Plane } from './plane.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'
import { listenerAt } from './upstream.ts'
import { speak } from './upstream-http.ts'
import { layersTo } from './upstream-tls.ts'

/** Which proxy asks, and about what. */
export interface Asker {
  readonly plane: Plane
  /** Of the request: what asks is behind the hop by which it came. */
  readonly place: Place
  /** `null`: it has no clusters. */
  readonly proxy: ProxyRuntime | null
  readonly ref: WorkloadRef
  readonly address: string
  readonly subject: AccessSubject & { readonly request: HttpRequest }
}

/** What an authorizer has an answer carry, once it has let its request in. */
export type HeadersBack = readonly (readonly [name: string, value: string])[]

/** `waited`: the authorizer was waited for, and what the client has sent has come meanwhile. */
export type Verdict = { readonly waited: boolean } & (
  | { readonly kind: 'in'; readonly back: HeadersBack }
  | { readonly kind: 'out'; readonly denial: Denial; readonly reply: LocalReply; readonly details: string; readonly flag: string | null }
)

/** That ask in turn, where the policy for an authorizer's own namespace has it asked about each question. In a mesh such requests end with its connections. */
const deepest = 32

/** @returns `null`: the verdict was told at once. Source: Envoy `ext_authz/ext_authz.cc` Filter, behind RBAC in shadow mode. */
export function judge({ rules, authorizer }: CustomAccess, asker: Asker, done: (verdict: Verdict) => void): InFlight | null {
  const { request } = asker.subject
  const denial = denialOf([rules], asker.subject)
  const refuse = (reply: LocalReply, details: string, flag: string | null, waited = false): null => {
    done({ kind: 'out', denial: denial!, reply, details, flag, waited })
    return null
  }
  if (denial && !authorizer) return refuse(accessDenied, detailsOf(denial), null)
  if (denial && isTooLarge(request, authorizer!)) return refuse({ status: 413, body: 'Payload Too Large' }, 'request_payload_too_large', null)
  if (!denial || !authorizer) {
    done({ kind: 'in', back: [], waited: false })
    return null
  }
  return ask(authorizer, asker, (outcome, waited) => {
    const fails = typeof outcome === 'string' || outcome.status >= 500
    if (fails && !authorizer.failOpen) return refuse({ status: authorizer.statusOnError, body: '' }, 'ext_authz_error', 'UAEX', waited)
    if (fails) return done({ kind: 'in', back: [], waited })
    if (outcome.status !== 200) return refuse(refusal(outcome, authorizer), 'ext_authz_denied', 'UAEX', waited)
    for (const [name, value] of chosen(outcome.headers, authorizer.toUpstream)) request.headers.set(name, value)
    done({ kind: 'in', back: chosen(outcome.headers, authorizer.toClient), waited })
  })
}

function isTooLarge({ body: sent }: HttpRequest, { body }: Authorizer): boolean {
  return body !== null && !body.allowPartial && sent.length > body.maxBytes
}

/** No rule for the authorizer's host acts: its cluster is asked as it is, once. Where nobody can be asked that is known without waiting. */
function ask(authorizer: Authorizer, asker: Asker, done: (outcome: Outcome, waited: boolean) => void): InFlight | null {
  const { plane, proxy, place } = asker
  const cluster = proxy?.cluster(authorizer.cluster) ?? null
  const host = cluster?.pick(blindly) ?? null
  if (!proxy || !cluster || !host || depthOf(place) >= deepest) {
    done('refused', false)
    return null
  }
  const receiver = listenerAt(plane, host.endpoint)
  if (!receiver) {
    done('refused', true)
    return null
  }
  const request = questionOf(authorizer, asker)
  speak(request, cluster.config.http)
  const origin = { parent: place.parent, from: asker.ref, service: authorizer.cluster.split('|')[3]!, log: null, explain: null }
  const tls = layersTo(plane, proxy, cluster.config, host.endpoint, request)
  const shipment = { place, origin, request, attempt: 1, mirrored: false, tls, port: host.endpoint.port, source: asker.address, pooled: true }
  const delivery = new Delivery(shipment, receiver)
  delivery.hop.asks = true
  let ended = false
  const end = (outcome: Outcome): void => {
    if (ended) return
    ended = true
    timer.cancel()
    if (typeof outcome !== 'string') delivery.hop.status = outcome.status
    done(outcome, true)
  }
  const late = (): void => {
    delivery.abandon()
    end('timeout')
  }
  const timer = plane.clock.deadline(authorizer.timeoutMs, late, `${proxy.name} asks ${authorizer.name}`)
  delivery.start(plane, shipment, receiver, end)
  return {
    abandon: () => {
      ended = true
      timer.cancel()
      delivery.abandon()
    },
  }
}

function depthOf({ exchange, parent }: Place): number {
  let depth = 0
  for (let i = parent; i >= 0; i = exchange.hops[i]!.parent) if (exchange.hops[i]!.asks) depth++
  return depth
}

/** Source: Envoy `ext_authz_http_impl.cc`, RawHttpClientImpl::check. */
function questionOf({ told, added, body, pathPrefix, timeoutMs }: Authorizer, { subject: { request } }: Asker): HttpRequest {
  const { method, scheme, authority, path } = request
  const headers = new Headers()
  for (const [name, value] of chosen(request.headers, [...told, always])) headers.append(name, value)
  const text = body ? request.body.slice(0, body.maxBytes) : ''
  headers.set('content-length', String(text.length))
  if (body && request.body !== '') headers.set('x-envoy-auth-partial-body', String(request.body.length > body.maxBytes))
  for (const [name, value] of added) headers.set(name, value)
  headers.set('x-envoy-internal', 'true')
  headers.set('x-envoy-expected-rq-timeout-ms', String(timeoutMs))
  return { method, scheme, authority, path: `${pathPrefix}${path}`, headers, body: text }
}

/** Those of one name as one: values are joined. */
function chosen(headers: Headers, names: readonly HeaderName[]): [name: string, value: string][] {
  const fits = names.map(compileStringMatch)
  const found = [...new Set([...headers.entries()].map(([name]) => name))].filter((name) => fits.some((one) => one(name)))
  return found.map((name) => [name, headers.all(name).join(',')])
}

const exactly = (value: string): HeaderName => ({ kind: 'exact', value, ignoreCase: true })

const always = exactly('authorization')

/** That a refusal keeps, whatever the list says. Source: the same file, toClientMatchers. */
const ofEveryRefusal = ['www-authenticate', 'proxy-authenticate', 'location'].map(exactly)

/** Of one connection, or said anew by who answers. */
const ownOfAnswer: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])

function refusal({ status, headers, body }: HttpResponse, { ofRefusal }: Authorizer): LocalReply {
  const fits = ofRefusal && [...ofRefusal, ...ofEveryRefusal].map(compileStringMatch)
  const kept = [...headers.entries()].filter(([name]) => !ownOfAnswer.has(name) && (fits === null || fits.some((one) => one(name))))
  return { status, body, headers: kept.flat() }
}

/** For a person: `403: the authorizer ext has refused it`; `null`: that is not why. */
export function outcomeOf(status: number, details: string, { authorizer, rules }: CustomAccess): string | null {
  if (!authorizer) return details.includes('-deny-due-to-bad-CUSTOM-action') ? `${status}: ${whyNobodyIsAsked(rules)}` : null
  switch (details) {
    case 'ext_authz_denied':
      return `${status}: the authorizer ${authorizer.name} has refused it`
    case 'ext_authz_error':
      return `${status}: the authorizer ${authorizer.name} could not be asked`
    case 'request_payload_too_large':
      return `${status}: its body is larger than what the authorizer ${authorizer.name} takes`
    default:
      return null
  }
}

function whyNobodyIsAsked({ policies }: CustomAccess['rules']): string {
  const providers = [...new Set(policies.map(({ provider }) => provider))]
  return providers.length > 1
    ? `several authorizers are to decide (${providers.join(', ')}), and only one may`
    : `the mesh config has no provider of HTTP "${providers[0]}" whose service there is`
}
