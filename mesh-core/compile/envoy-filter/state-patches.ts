import { stringFactory } from '../../config/envoy-filter-http-filters.ts'
import { message, messages, text, type Message } from '../../envoy/fields.ts'
import type { KeptValue } from '../../ir/inserted-filter.ts'
import { valueRefusal } from '../rules/format-refusal.ts'

interface ReadValues {
  readonly values: readonly KeptValue[]
  /** Why Envoy does not take it. */
  readonly problem: string | null
}

/** Source: Envoy `filters/common/set_filter_state/filter_config.cc`, and the constraints of `FilterStateValue`. */
export function readKeptValues(config: Message): ReadValues {
  const told = messages(config['on_request_headers'], 'on_request_headers')
  const values = told.map(readValue)
  return { values, problem: told.reduce<string | null>((found, one, i) => found ?? problemOf(one, values[i]!), null) }
}

function readValue(told: Message): KeptValue {
  const format = message(told['format_string'], 'format_string')
  const source = message(format['text_format_source'], 'text_format_source')['inline_string']
  return {
    key: text(told['object_key']) ?? '',
    format: String(format['text_format'] ?? source ?? ''),
    ...(told['skip_if_empty'] === true && { skipsEmpty: true }),
    ...(format['omit_empty_values'] === true && { omitsMissing: true }),
  }
}

function problemOf(told: Message, { key, format }: KeptValue): string | null {
  if (key === '') return 'what is kept needs an object_key'
  if (told['format_string'] === undefined) return `what is kept as ${key} needs a format_string`
  return text(told['factory_key']) === stringFactory ? valueRefusal(format) : `what is kept as ${key} has no factory`
}
