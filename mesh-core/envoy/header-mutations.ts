import type { HeaderMutation, HeaderValueOption } from '../ir/route.ts'
import { message, type Message, messages, NotUnderstood, texts } from './fields.ts'

export interface HeaderMutations {
  readonly request: HeaderMutation
  readonly response: HeaderMutation
}

export const headerFields = ['request_headers_to_add', 'request_headers_to_remove', 'response_headers_to_add', 'response_headers_to_remove'] as const

/** The four fields that route configurations, virtual hosts, routes and weighted clusters share. */
export function readHeaderMutations(owner: Message, place: string): HeaderMutations {
  const read = (kind: 'request' | 'response'): HeaderMutation => ({
    set: messages(owner[`${kind}_headers_to_add`], `${place}.${kind}_headers_to_add`).map((option) => readOption(option, place)),
    remove: texts(owner[`${kind}_headers_to_remove`]).map((name) => name.toLowerCase()),
  })
  return { request: read('request'), response: read('response') }
}

/** `append` is the older form. Source: Envoy `HeaderValueOption`. */
function readOption(option: Message, place: string): HeaderValueOption {
  const { key, value } = message(option['header'], place)
  const action = String(option['append_action'] ?? (option['append'] === false ? 'OVERWRITE_IF_EXISTS_OR_ADD' : 'APPEND_IF_EXISTS_OR_ADD'))
  const known = appendActions[action]
  if (!known) throw new NotUnderstood(`${place}.append_action`, `${action} is not understood`)
  return { name: String(key).toLowerCase(), value: String(value ?? ''), action: known }
}

const appendActions: Readonly<Record<string, HeaderValueOption['action']>> = {
  APPEND_IF_EXISTS_OR_ADD: 'append',
  ADD_IF_ABSENT: 'add-if-absent',
  OVERWRITE_IF_EXISTS_OR_ADD: 'overwrite',
  OVERWRITE_IF_EXISTS: 'overwrite-if-present',
}

/**
 * One mutation that does what `inner` does and then `outer`: Envoy goes from the route to the virtual host to the whole configuration.
 * (Values that quote headers see those of the request as it came, in both.) Source: Envoy `RouteEntryImplBase::getResponseHeaderParsers`.
 */
export function inTurn(inner: HeaderMutations, outer: HeaderMutations): HeaderMutations {
  return { request: joined(inner.request, outer.request), response: joined(inner.response, outer.response) }
}

function joined(inner: HeaderMutation, outer: HeaderMutation): HeaderMutation {
  const told = outer.set.flatMap((option) => behind(inner, outer, option))
  const undone = new Set([...outer.remove, ...told.filter(({ action }) => action.startsWith('overwrite')).map(({ name }) => name)])
  return {
    remove: [...new Set([...inner.remove, ...outer.remove])],
    set: [...inner.set.filter(({ name }) => !undone.has(name)), ...told],
  }
}

/** What depends on whether a header is there depends on what `inner` has written. */
function behind(inner: HeaderMutation, outer: HeaderMutation, option: HeaderValueOption): readonly HeaderValueOption[] {
  const { name, action } = option
  const isWritten = inner.set.some((one) => one.name === name && one.action !== 'overwrite-if-present') && !outer.remove.includes(name)
  if (!isWritten) return [option]
  if (action === 'add-if-absent') return []
  return [action === 'overwrite-if-present' ? { ...option, action: 'overwrite' } : option]
}
