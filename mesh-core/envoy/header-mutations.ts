import type { HeaderMutation, HeaderMutations, HeaderValueOption } from '../ir/route.ts'
import { message, type Message, messages, NotUnderstood, texts } from './fields.ts'

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
  const keepsEmpty = option['keep_empty_value'] === true
  return { name: String(key).toLowerCase(), value: String(value ?? ''), action: known, ...(keepsEmpty && { keepsEmpty }) }
}

const appendActions: Readonly<Record<string, HeaderValueOption['action']>> = {
  APPEND_IF_EXISTS_OR_ADD: 'append',
  ADD_IF_ABSENT: 'add-if-absent',
  OVERWRITE_IF_EXISTS_OR_ADD: 'overwrite',
  OVERWRITE_IF_EXISTS: 'overwrite-if-present',
}

export function isNone({ request, response }: HeaderMutations): boolean {
  return [request.set, request.remove, response.set, response.remove].every((list) => list.length === 0)
}
