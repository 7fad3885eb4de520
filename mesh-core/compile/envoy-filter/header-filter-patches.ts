import { message, messages, type Message } from '../../envoy/fields.ts'
import { readHeaderMutations } from '../../envoy/header-mutations.ts'
import type { OrderedMutations } from '../../ir/inserted-filter.ts'
import type { HeaderMutation } from '../../ir/route.ts'
import { valueRefusal } from '../rules/format-refusal.ts'

interface ReadMutations {
  readonly mutations: OrderedMutations
  /** Why Envoy does not take it. */
  readonly problem: string | null
}

/** Source: Envoy `extensions/filters/http/header_mutation`. */
export function readOrderedMutations(config: Message): ReadMutations {
  const all = message(config['mutations'], 'mutations')
  const mutations = { request: listOf(all, 'request_mutations'), response: listOf(all, 'response_mutations') }
  const values = [...mutations.request, ...mutations.response].flatMap(({ set }) => set.map(({ value }) => value))
  return { mutations, problem: values.reduce<string | null>((found, value) => found ?? valueRefusal(value), null) }
}

function listOf(all: Message, name: string): readonly HeaderMutation[] {
  return messages(all[name], name).map(({ remove, append }) => {
    if (append === undefined) return { set: [], remove: [String(remove).toLowerCase()] }
    return readHeaderMutations({ request_headers_to_add: [append] }, name).request
  })
}
