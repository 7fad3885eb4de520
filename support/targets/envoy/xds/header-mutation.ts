import type { HeaderMutation, HeaderValueOption } from '../../../../mesh-core/ir/route.ts'
import { optional } from './json.ts'
import type { Json } from './json.ts'
import { asTheyAre } from './placed-formats.ts'
import type { Formats } from './placed-formats.ts'

/** The four fields that routes and weighted clusters share. */
export function headerOperations(request: HeaderMutation, response: HeaderMutation, formats: Pick<Formats, 'value'> = asTheyAre): Json {
  const option = (one: HeaderValueOption): Json => headerValueOption({ ...one, value: formats.value(one.value) })
  return {
    ...optional('request_headers_to_add', request.set.map(option)),
    ...optional('request_headers_to_remove', request.remove),
    ...optional('response_headers_to_add', response.set.map(option)),
    ...optional('response_headers_to_remove', response.remove),
  }
}

function headerValueOption({ name, value, action, keepsEmpty }: HeaderValueOption): Json {
  return {
    header: { key: name, value },
    append_action: appendActions[action],
    ...optional('keep_empty_value', keepsEmpty),
  }
}

const appendActions: Readonly<Record<HeaderValueOption['action'], string>> = {
  append: 'APPEND_IF_EXISTS_OR_ADD',
  overwrite: 'OVERWRITE_IF_EXISTS_OR_ADD',
  'add-if-absent': 'ADD_IF_ABSENT',
  'overwrite-if-present': 'OVERWRITE_IF_EXISTS',
}
