import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { each } from './check.ts'
import type { Check } from './check.ts'
import { explain, withReasons } from './evidence.ts'
import { answerOf } from './reach.ts'
import { assertText } from './assert-text.ts'

/** @param wanted any of these */
export function statusIs(...wanted: readonly number[]): Check {
  return each((exchange, context) => {
    if (exchange.response !== null && wanted.includes(exchange.response.status)) return undefined
    return withReasons(`${answerOf(exchange)}, wanted ${wanted.join(' or ')}.${proxyWords(exchange)}`, explain(exchange, null, context))
  })
}

export function headerIs(name: string, wanted: string): Check {
  return each((exchange, context) => {
    const values = exchange.response?.headers.all(name.toLowerCase()) ?? []
    if (values.includes(wanted)) return undefined
    return withReasons(`${headerInstead(exchange, name, values)} wanted ${JSON.stringify(wanted)}.`, explain(exchange, null, context))
  })
}

function headerInstead(exchange: Exchange, name: string, values: readonly string[]): string {
  if (exchange.response === null) return `${answerOf(exchange)}, so there is no header ${name};`
  return values.length === 0 ? `the response has no header ${name};` : `${name} is ${quoted(values)},`
}

function quoted(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ')
}

export function headerIsAbsent(name: string): Check {
  return each((exchange, context) => {
    const values = exchange.response?.headers.all(name.toLowerCase())
    if (values?.length === 0) return undefined
    const seen = values ? `${name} is ${quoted(values)}.` : `${answerOf(exchange)}, so its headers cannot be looked at.`
    return withReasons(seen, explain(exchange, null, context))
  })
}

export function bodyContains(text: string): Check {
  assertText(text)
  return each((exchange, context) => {
    if (exchange.response?.body.includes(text)) return undefined
    return withReasons(`${answerOf(exchange)}.`, explain(exchange, null, context))
  })
}

/** An answer there must be: of none nobody can say what it does not contain. */
export function bodyContainsNot(text: string): Check {
  return each((exchange, context) => {
    const { response } = exchange
    if (response !== null && !response.body.includes(text)) return undefined
    const seen =
      response === null
        ? `${answerOf(exchange)}.`
        : `the answer was ${response.status}, and its body contains it: ${JSON.stringify(around(response.body, text))}.`
    return withReasons(seen, explain(exchange, null, context))
  })
}

/** The text with what stands before and behind it. */
function around(body: string, text: string): string {
  const [start, end] = [body.indexOf(text) - 40, body.indexOf(text) + text.length + 40]
  return `${start > 0 ? '…' : ''}${body.slice(Math.max(0, start), end)}${end < body.length ? '…' : ''}`
}

/** @param status `null` for any redirect */
export function redirectsTo(location: string, status: number | null): Check {
  return each((exchange, context) => {
    const { response } = exchange
    const seen = response?.headers.get('location')
    const isRedirect = response !== null && response.status >= 300 && response.status < 400
    if (isRedirect && seen === location && (status === null || response.status === status)) return undefined
    if (isRedirect)
      return withReasons(`redirected to ${JSON.stringify(seen ?? '')} with status ${response.status}.`, explain(exchange, null, context))
    return withReasons(`not redirected: ${answerOf(exchange)}.`, explain(exchange, null, context))
  })
}

/** The connection was refused or closed, or the client gave up. */
export function getsNoAnswer(): Check {
  return each((exchange, context) =>
    exchange.response === null ? undefined : withReasons(`${answerOf(exchange)}.`, explain(exchange, null, context)),
  )
}

/** What the first proxy says of an answer that is its own: ` The proxy's flag is NR (route_not_found).` */
function proxyWords({ hops }: Exchange): string {
  const log = hops.find((hop) => hop.to === null && hop.log !== null)?.log
  return log && log.flags !== '-' ? ` The flag of ${log.proxy} is ${log.flags} (${log.details}).` : ''
}
