import type { HeaderMatch } from './match.ts'
import type { HeaderMutation } from './route.ts'

/** What a proxy makes of the answers that are its own. Source: Envoy `LocalReplyConfig`. */
export interface LocalReplies {
  /** The first that fits. */
  readonly mappers: readonly ReplyMapper[]
  /** Of all whose mapper has none; `null`: the body as it is. */
  readonly format: ReplyFormat | null
  /** Envoy takes no listener that has it. */
  readonly isRefused?: true
}

/** Source: Envoy `ResponseMapper`. */
export interface ReplyMapper {
  readonly filter: ReplyFilter
  readonly status: number | null
  readonly body: string | null
  readonly headers: HeaderMutation
  readonly format: ReplyFormat | null
}

/** Source: Envoy `AccessLogFilter`. */
export type ReplyFilter =
  | { readonly kind: 'status'; readonly op: 'EQ' | 'GE' | 'LE' | 'NE'; readonly value: number }
  /** Any of them; none: any at all. */
  | { readonly kind: 'flags'; readonly flags: readonly string[] }
  /** Of the request. */
  | { readonly kind: 'header'; readonly match: HeaderMatch }
  | { readonly kind: 'and' | 'or'; readonly filters: readonly ReplyFilter[] }

/** Source: Envoy `SubstitutionFormatString`. */
export interface ReplyFormat {
  /** With operators: a text, or what becomes JSON. */
  readonly body: { readonly text: string } | { readonly json: JsonFormat }
  /** `null`: plain text, or JSON. */
  readonly contentType: string | null
}

export type JsonFormat = string | number | boolean | null | readonly JsonFormat[] | { readonly [field: string]: JsonFormat }
