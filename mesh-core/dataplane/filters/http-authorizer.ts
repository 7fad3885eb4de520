import type { Authorizer, HeaderName, HttpAuthorizer } from '../../ir/access.ts'
import { Headers } from '../../ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../ir/message.ts'
import { compileStringMatch } from '../../match/string.ts'
import { isOfConnection } from './authorizer-answer.ts'
import type { AuthorizerAnswer, QuestionSubject } from './authorizer-answer.ts'
import type { Subject } from '../replies/format/subject.ts'
import { compileMutation } from '../messages/header-mutation.ts'
import type { Mutator } from '../messages/header-mutation.ts'
import { inlineOfRequest } from '../messages/inline-headers.ts'
import type { LocalReply } from '../replies/local-reply.ts'

/** Source: Envoy `ext_authz_http_impl.cc`, RawHttpClientImpl::check. */
export function httpQuestion(
  { body, timeoutMs }: Authorizer,
  { told, added, pathPrefix }: HttpAuthorizer,
  { request }: QuestionSubject,
  filling: () => Subject,
): HttpRequest {
  const { method, scheme, authority, path } = request
  const headers = new Headers()
  for (const [name, value] of chosen(request.headers, [...told, always])) headers.append(name, value)
  const text = body ? request.body.slice(0, body.maxBytes) : ''
  headers.set('content-length', String(text.length))
  if (body && request.body !== '') headers.set('x-envoy-auth-partial-body', String(request.body.length > body.maxBytes))
  if (added.length > 0) adding(added)?.(headers, filling())
  headers.set('x-envoy-internal', 'true')
  if (timeoutMs > 0) headers.set('x-envoy-expected-rq-timeout-ms', String(timeoutMs))
  return { method, scheme, authority, path: `${pathPrefix}${path}`, headers, body: text }
}

/** They take the place of those that are told. Source: the same file, ClientConfig. */
function adding(added: HttpAuthorizer['added']): Mutator | null {
  return compileMutation({ set: added.map(([name, value]) => ({ name, value, action: 'overwrite' })), remove: [] }, inlineOfRequest)
}

/** 200 lets in; what fails is no refusal. Source: the same file, RawHttpClientImpl::toResponse. */
export function httpAnswer(response: HttpResponse, authorizer: HttpAuthorizer): AuthorizerAnswer {
  if (response.status >= 500) return { kind: 'error', reply: null }
  if (response.status !== 200) return { kind: 'out', reply: refusal(response, authorizer) }
  return {
    kind: 'in',
    headers: chosen(response.headers, authorizer.toUpstream).map(([name, value]) => ({ name, value, append: false })),
    headersToRemove: [],
    back: chosen(response.headers, authorizer.toClient).map(([name, value]) => ({ name, value, action: 'append-if-exists-or-add' })),
  }
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

function refusal({ status, headers, body }: HttpResponse, { ofRefusal }: HttpAuthorizer): LocalReply {
  const fits = ofRefusal && [...ofRefusal, ...ofEveryRefusal].map(compileStringMatch)
  const kept = [...headers.entries()].filter(([name]) => !isOfConnection(name) && (fits === null || fits.some((one) => one(name))))
  return { status, body, headers: kept.flat() }
}
