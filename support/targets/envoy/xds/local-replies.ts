import type { LocalReplies, ReplyFilter, ReplyFormat, ReplyMapper } from '../../../../mesh-core/ir/local-replies.ts'
import { noMutation } from '../../../../mesh-core/ir/route.ts'
import { headerOperations } from './header-mutation.ts'
import { optional } from './json.ts'
import type { Json } from './json.ts'
import { headerMatcher } from './route-match.ts'

/** Source: Envoy `LocalReplyConfig`. */
export function localReplyConfig({ mappers, format }: LocalReplies): Json {
  return { ...optional('mappers', mappers.map(responseMapper)), ...optional('body_format', format && formatString(format)) }
}

function responseMapper({ filter, status, body, headers, format }: ReplyMapper): Json {
  return {
    filter: accessLogFilter(filter),
    ...optional('status_code', status),
    ...optional('body', body === null ? null : { inline_string: body }),
    ...optional('headers_to_add', headerOperations(noMutation, headers)['response_headers_to_add']),
    ...optional('body_format_override', format && formatString(format)),
  }
}

function accessLogFilter(filter: ReplyFilter): Json {
  switch (filter.kind) {
    case 'status':
      return { status_code_filter: { comparison: { op: filter.op, value: { default_value: filter.value, runtime_key: 'local_reply' } } } }
    case 'flags':
      return { response_flag_filter: { flags: filter.flags } }
    case 'header':
      return { header_filter: { header: headerMatcher(filter.match) } }
    case 'and':
    case 'or':
      return { [`${filter.kind}_filter`]: { filters: filter.filters.map(accessLogFilter) } }
  }
}

function formatString({ body, contentType }: ReplyFormat): Json {
  const format = 'text' in body ? { text_format_source: { inline_string: body.text } } : { json_format: body.json as Json }
  return { ...format, ...optional('content_type', contentType) }
}
