import { int, message, messages, text, texts, type Message } from '../../envoy/fields.ts'
import { readHeaderMutations } from '../../envoy/header-mutations.ts'
import { readHeaderMatch } from '../../envoy/matchers.ts'
import type { JsonFormat, LocalReplies, ReplyFilter, ReplyFormat, ReplyMapper } from '../../ir/local-replies.ts'
import type { Origin } from '../../ir/origin.ts'
import { valueRefusal } from '../rules/format-refusal.ts'

/** Mappers are added to those that there are, and a format takes the place of another. */
export function mergeLocalReplies(known: LocalReplies | undefined, value: unknown, origin: Origin): LocalReplies {
  const config = message(value, 'local_reply_config')
  const mappers = messages(config['mappers'], 'mappers')
  const own = config['body_format'] === undefined ? null : readFormat(message(config['body_format'], 'body_format'))
  const isRefused = known?.isRefused === true || mappers.some(isWrong)
  return {
    mappers: [...(known?.mappers ?? []), ...mappers.map((mapper) => readMapper(mapper, origin))],
    format: own ?? known?.format ?? null,
    ...(isRefused && { isRefused }),
  }
}

function readMapper(mapper: Message, origin: Origin): ReplyMapper {
  const body = message(mapper['body'], 'body')
  const { response } = readHeaderMutations({ response_headers_to_add: mapper['headers_to_add'] }, 'mapper')
  return {
    filter: readFilter(mapper['filter'], origin),
    status: mapper['status_code'] === undefined ? null : int(mapper['status_code']),
    body: mapper['body'] === undefined ? null : (text(body['inline_string']) ?? ''),
    headers: response,
    format: mapper['body_format_override'] === undefined ? null : readFormat(message(mapper['body_format_override'], 'body_format_override')),
  }
}

/** By the constraints of the messages: a filter, of both or either two at least, and a status of HTTP. */
function isWrong(mapper: Message): boolean {
  const status = mapper['status_code'] === undefined ? 200 : int(mapper['status_code'])
  const values = messages(mapper['headers_to_add'], 'headers_to_add').map((option) => String(message(option['header'], 'header')['value'] ?? ''))
  return isWrongFilter(mapper['filter']) || status < 200 || status >= 600 || values.some((value) => valueRefusal(value) !== null)
}

function isWrongFilter(value: unknown): boolean {
  const filter = message(value, 'filter')
  if (Object.keys(filter).length === 0) return true
  const several = severalOf(filter)
  if (several) return several.filters.length < 2 || several.filters.some(isWrongFilter)
  const told = texts(message(filter['response_flag_filter'], 'response_flag_filter')['flags'])
  return told.some((flag) => !flags.has(flag))
}

/** Source: Envoy `ResponseFlagFilter`. */
const flags: ReadonlySet<string> = new Set(
  'LH UH UT LR UR UF UC UO NR DI FI RL UAEX RLSE DC URX SI IH DPE UMSDR RFCF NFCF DT UPE NC OM DF DO DR UDO'.split(' '),
)

function severalOf(filter: Message): { readonly kind: 'and' | 'or'; readonly filters: readonly unknown[] } | null {
  for (const kind of ['and', 'or'] as const) {
    const found = filter[`${kind}_filter`]
    if (found !== undefined) return { kind, filters: messages(message(found, kind)['filters'], `${kind}_filter`) }
  }
  return null
}

function readFilter(value: unknown, origin: Origin): ReplyFilter {
  const filter = message(value, 'filter')
  const several = severalOf(filter)
  if (several) return { kind: several.kind, filters: several.filters.map((one) => readFilter(one, origin)) }
  if (filter['header_filter'] !== undefined)
    return { kind: 'header', match: readHeaderMatch(message(filter['header_filter'], 'header_filter')['header'], 'header_filter.header', origin) }
  if (filter['response_flag_filter'] !== undefined)
    return { kind: 'flags', flags: texts(message(filter['response_flag_filter'], 'response_flag_filter')['flags']) }
  const { op = 'EQ', value: bound } = message(message(filter['status_code_filter'], 'status_code_filter')['comparison'], 'comparison')
  return { kind: 'status', op: op as 'EQ', value: int(message(bound, 'value')['default_value']) }
}

function readFormat(format: Message): ReplyFormat {
  const source = message(format['text_format_source'], 'text_format_source')['inline_string']
  const json = format['json_format']
  return {
    body: json === undefined ? { text: String(format['text_format'] ?? source ?? '') } : { json: json as JsonFormat },
    contentType: text(format['content_type']),
  }
}
