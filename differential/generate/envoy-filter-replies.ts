import type { Draw } from '../draw.ts'
import type { Json } from './matches.ts'

const ofStatus = (code: number, op: string): Json => ({
  status_code_filter: { comparison: { op, value: { default_value: code, runtime_key: 'a' } } },
})

export const localReplies = (draw: Draw): Json => ({
  ...draw.maybe(0.7, () => ({
    mappers: [
      {
        filter: draw.one<Json>([
          ofStatus(draw.one([404, 503]), draw.one(['EQ', 'GE', 'LE', 'NE'])),
          { response_flag_filter: { flags: draw.some(['NR', 'FI', 'UH', 'NC'], 0, 2) } },
          { header_filter: { header: { name: 'x-user', string_match: { exact: 'jason' } } } },
          { or_filter: { filters: [ofStatus(404, 'EQ'), { response_flag_filter: { flags: ['FI'] } }] } },
        ]),
        ...draw.maybe(0.5, () => ({ status_code: draw.one([418, 500]) })),
        ...draw.maybe(0.5, () => ({ body: { inline_string: 'mapped' } })),
        ...draw.maybe(0.3, () => ({ headers_to_add: [{ header: { key: 'x-answer', value: 'mapped %RESPONSE_CODE%' } }] })),
      },
    ],
  })),
  ...draw.maybe(0.6, () => ({
    body_format: draw.one<Json>([
      { text_format_source: { inline_string: '%LOCAL_REPLY_BODY% %RESPONSE_CODE% %REQ(x-user)%' }, content_type: 'text/html' },
      { json_format: { status: '%RESPONSE_CODE%', user: '%REQ(X-USER)%', text: '%LOCAL_REPLY_BODY% of %REQ(:PATH)%' } },
    ]),
  })),
})
