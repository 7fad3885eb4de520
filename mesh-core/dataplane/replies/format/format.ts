import { type FormatCommand, parseFormat } from '../../../ir/header-format.ts'
import { notModelled } from './not-modelled.ts'
import { ofAnswer } from './of-answer.ts'
import { ofConnections } from './of-connections.ts'
import { ofMetadata } from './of-metadata.ts'
import { ofRequest } from './of-request.ts'
import { ofState } from './of-state.ts'
import { ofTimes } from './of-times.ts'
import { ofUpstream } from './of-upstream.ts'
import type { Subject } from './subject.ts'

export type Format = (subject: Subject) => string

/** @returns what fills an operator in; `null`: that is not modelled with this argument */
export type Operator = (argument: string) => Format | null

const operators: Readonly<Record<string, Operator>> = {
  ...ofRequest,
  ...ofAnswer,
  ...ofConnections,
  ...ofUpstream,
  ...ofTimes,
  ...ofMetadata,
  ...ofState,
}

/** @returns what fills a header value such as `a-%REQ(X-FROM)%-b` in; a value that is not there is the empty text. Source: Envoy `HeaderParser`. */
export function compileFormat(text: string): Format {
  if (!text.includes('%')) return () => text
  const parts = parseFormat(text).map((part) => (typeof part === 'string' ? part : compileCommand(part)))
  return (subject) => {
    let filled = ''
    for (const part of parts) filled += typeof part === 'string' ? part : part(subject)
    return filled
  }
}

/** One that is not modelled ends the request that it is asked for, and no other. */
function compileCommand({ name, argument, length }: FormatCommand): Format {
  const format = Object.hasOwn(operators, name) ? operators[name]!(argument ?? '') : null
  if (!format) return untold(name, argument)
  return length === null ? format : (subject) => format(subject).slice(0, length)
}

function untold(name: string, argument: string | null): Format {
  const error = notModelled(`the operator %${name}${argument === null ? '' : `(${argument})`}% of a header value`)
  return ({ fail }) => {
    fail(error)
    return ''
  }
}
