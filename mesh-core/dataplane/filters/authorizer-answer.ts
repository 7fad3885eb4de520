import type { HeaderChange, SetHeader } from '../../ir/authorization-check.ts'
import type { Headers, HttpRequest } from '../../ir/message.ts'
import type { AccessSubject } from '../../match/access.ts'
import type { LocalReply } from '../replies/local-reply.ts'

/** The request that an authorizer is asked about, and how it came. */
export type QuestionSubject = AccessSubject & { readonly request: HttpRequest }

/** What an authorizer has an answer carry, once it has let its request in. */
export type HeadersBack = readonly HeaderChange[]

/** What an authorizer has said. */
export type AuthorizerAnswer =
  | { readonly kind: 'in'; readonly headers: readonly SetHeader[]; readonly headersToRemove: readonly string[]; readonly back: HeadersBack }
  | { readonly kind: 'out'; readonly reply: LocalReply }
  /** It could not. `reply`: what it wants said in that case. */
  | { readonly kind: 'error'; readonly reply: LocalReply | null }

/** Of one connection, or said anew by who answers. */
const ownOfAnswer: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])

export function isOfConnection(name: string): boolean {
  return ownOfAnswer.has(name)
}

/** What is to be appended to a header that is not there is left out. Source: Envoy `ext_authz/ext_authz.cc` onComplete. */
export function setHeaders(headers: Headers, changes: readonly SetHeader[]): void {
  for (const { name, value, append } of changes) {
    const before = headers.all(name)
    if (!append) headers.set(name, value)
    else if (before.length > 0) headers.set(name, [...before, value].join(','))
  }
}

/** Source: the same file, encodeHeaders. */
export function changeHeaders(headers: Headers, changes: readonly HeaderChange[]): void {
  for (const { name, value, action } of changes) {
    const isThere = headers.has(name)
    if (action === 'append-if-exists-or-add') headers.append(name, value)
    else if (action === 'add-if-absent' ? !isThere : action === 'overwrite-if-exists-or-add' || isThere) headers.set(name, value)
  }
}
