import type { LocalReplies, ReplyFilter } from '../../ir/local-replies.ts'
import type { Headers } from '../../ir/message.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import { compileHeaderMatch } from '../../match/header.ts'
import { compileMutation, type Mutator } from '../messages/header-mutation.ts'
import { inlineOfResponse } from '../messages/inline-headers.ts'
import { formatReply, type ReplySubject } from './reply-format.ts'

/** What becomes of a proxy's own answer, before it is known whether its client speaks gRPC. */
export interface RewrittenReply {
  readonly status: number
  readonly body: string
  readonly contentType: string
}

/** @param headers of the answer, which may be added to */
export type Rewrite = (status: number, body: string, headers: Headers) => RewrittenReply

type Told = Omit<ReplySubject, 'status' | 'body'>

interface Mapper {
  readonly fits: (subject: ReplySubject) => boolean
  readonly mutator: Mutator | null
}

const compiled = new WeakMap<LocalReplies, readonly Mapper[]>()

function mappersOf(replies: LocalReplies): readonly Mapper[] {
  let known = compiled.get(replies)
  if (!known) {
    known = replies.mappers.map(({ filter, headers }) => ({ fits: compileFilter(filter), mutator: compileMutation(headers, inlineOfResponse) }))
    compiled.set(replies, known)
  }
  return known
}

/** @returns `undefined` where answers stay as they are. Source: Envoy `LocalReplyImpl::rewrite`. */
export function rewriteOf({ localReplies }: HttpSettings, told: Told): Rewrite | undefined {
  if (!localReplies) return undefined
  return (status, body, headers) => {
    const i = mappersOf(localReplies).findIndex(({ fits }) => fits({ ...told, status, body }))
    const mapper = localReplies.mappers[i]
    if (mapper) mappersOf(localReplies)[i]!.mutator?.(headers, told.subject(headers, status))
    const subject = { ...told, status: mapper?.status ?? status, body: mapper?.body ?? body }
    const format = mapper?.format ?? localReplies.format
    return { status: subject.status, ...(format ? formatReply(format, subject) : { body: subject.body, contentType: 'text/plain' }) }
  }
}

/** Source: Envoy `access_log_impl.cc` FilterFactory. */
function compileFilter(filter: ReplyFilter): (subject: ReplySubject) => boolean {
  switch (filter.kind) {
    case 'status':
      return ({ status }) => comparisons[filter.op](status, filter.value)
    case 'flags':
      return ({ flags }) => flags !== '-' && (filter.flags.length === 0 || flags.split(',').some((flag) => filter.flags.includes(flag)))
    case 'header': {
      const fits = compileHeaderMatch(filter.match)
      return ({ request }) => request !== null && fits(request)
    }
    case 'and': {
      const all = filter.filters.map(compileFilter)
      return (subject) => all.every((fits) => fits(subject))
    }
    case 'or': {
      const any = filter.filters.map(compileFilter)
      return (subject) => any.some((fits) => fits(subject))
    }
  }
}

const comparisons = {
  EQ: (status: number, value: number) => status === value,
  GE: (status: number, value: number) => status >= value,
  LE: (status: number, value: number) => status <= value,
  NE: (status: number, value: number) => status !== value,
}
