import { parseFormat, type FormatCommand } from '../../ir/header-format.ts'
import type { JsonFormat, ReplyFormat } from '../../ir/local-replies.ts'
import { Headers, type HttpRequest } from '../../ir/message.ts'
import { compileFormat } from './format/format.ts'
import type { Subject } from './format/subject.ts'

/** What a proxy's own answer may tell of. */
export interface ReplySubject {
  /** `null` where it was not read. */
  readonly request: HttpRequest | null
  readonly status: number
  readonly body: string
  readonly flags: string
  readonly details: string
  /** Of whom values of headers may speak. */
  readonly subject: (headers: Headers, status: number) => Subject
}

type Value = string | number | null

const operators: Readonly<Record<string, (subject: ReplySubject, argument: string) => Value>> = {
  LOCAL_REPLY_BODY: ({ body }) => body,
  RESPONSE_CODE: ({ status }) => status,
  RESPONSE_CODE_DETAILS: ({ details }) => details,
  RESPONSE_FLAGS: ({ flags }) => flags,
  PROTOCOL: ({ request }) => (request?.protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'),
  REQ: ({ request }, argument) => {
    for (const name of argument.split('?')) {
      const value = request && headerOf(request, name.toLowerCase())
      if (value !== undefined && value !== null) return value
    }
    return null
  },
}

function headerOf(request: HttpRequest, name: string): string | undefined {
  if (name === ':path') return request.path
  if (name === ':method') return request.method
  if (name === ':authority' || name === 'host') return request.authority
  if (name === ':scheme') return request.scheme
  return request.headers.get(name)
}

/** Others are those of headers, where what is not there is empty. */
function asInHeaders({ name, argument }: FormatCommand, { subject, status }: ReplySubject): Value {
  const operator = argument === null ? name : `${name}(${argument})`
  return compileFormat(`%${operator}%`)(subject(new Headers(), status)) || null
}

function fill(command: FormatCommand, subject: ReplySubject): Value {
  const { name, argument, length } = command
  const value = Object.hasOwn(operators, name) ? operators[name]!(subject, argument ?? '') : asInHeaders(command, subject)
  return length !== null && value !== null ? String(value).slice(0, length) : value
}

/** @param missing what stands for what is not there. Source: Envoy `FormatterImpl::format` */
export function fillText(format: string, subject: ReplySubject, missing = '-'): string {
  return parseFormat(format)
    .map((part) => (typeof part === 'string' ? part : (fill(part, subject) ?? missing)))
    .join('')
}

/** An operator by itself keeps its type; fields are in order of their names. Source: Envoy `JsonFormatterImpl`. */
function fillJson(format: JsonFormat, subject: ReplySubject): JsonFormat {
  if (typeof format === 'string') {
    const parts = parseFormat(format)
    const [only] = parts
    return parts.length === 1 && typeof only === 'object' ? fill(only, subject) : fillText(format, subject)
  }
  if (typeof format !== 'object' || format === null) return format
  if (Array.isArray(format)) return (format as readonly JsonFormat[]).map((one) => fillJson(one, subject))
  const fields = Object.entries(format as Readonly<Record<string, JsonFormat>>).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, inner]) => [name, fillJson(inner, subject)]))
}

export function formatReply({ body, contentType }: ReplyFormat, subject: ReplySubject): { readonly body: string; readonly contentType: string } {
  if ('text' in body) return { body: fillText(body.text, subject), contentType: contentType ?? 'text/plain' }
  return { body: `${JSON.stringify(fillJson(body.json, subject))}\n`, contentType: contentType ?? 'application/json' }
}
