import type { Headers } from '../../mesh-core/ir/index.ts'
import type { HeaderRecord, HeaderValue, ObservedCall } from './case.ts'

/**
 * What goes out and what is recorded of it. The observations were made on sockets: a text goes out as UTF-8, and the bytes that arrived
 * were recorded as Latin-1.
 */

/** @returns the text as the recorder wrote it down */
export function recorded(text: string): string {
  // Only ASCII is the same in both, and nearly everything is.

  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

export type SentHeaders = readonly (readonly [name: string, value: string])[]

/** The header fields of a call, in order, and its Host header when it has one of its own. */
export function headersOf(call: ObservedCall): { readonly fields: SentHeaders; readonly host: string | null } {
  const fields: [string, string][] = []
  let host: string | null = null
  for (const [name, values] of Object.entries(call.headers ?? {}))
    for (const value of isList(values) ? values : [values])
      if (name.toLowerCase() === 'host') host = text(value)
      else fields.push([name, text(value)])
  return { fields, host }
}

function isList(value: HeaderValue | readonly HeaderValue[]): value is readonly HeaderValue[] {
  return Array.isArray(value)
}

/** As YAML's scalars were written into the request. */
function text(value: HeaderValue): string {
  return value === null ? '' : String(value)
}

/** Values by lower-case name, in order. */
export function grouped(fields: Iterable<readonly [string, string]>): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [name, value] of fields) {
    const key = name.toLowerCase()
    const group = groups.get(key)
    if (group) group.push(value)
    else groups.set(key, [value])
  }
  return groups
}

function oneOrMany(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? values[0]! : values
}

/** Fields that differ from run to run, or that the recorder left out for another reason. */
const volatileOfRequest =
  /^(x-request-id|x-envoy-decorator-operation|x-b3-.*|b3|traceparent|tracestate|baggage|x-envoy-peer-metadata(-id)?|content-length|transfer-encoding|host)$/
const volatileOfResponse =
  /^(date|x-request-id|x-envoy-upstream-service-time|content-length|transfer-encoding|x-envoy-decorator-operation|x-envoy-peer-metadata(-id)?)$/

/** @returns the fields of an answer that are recorded */
export function responseHeaders(headers: Headers, own: { readonly header: string; readonly contentType: string }): HeaderRecord {
  const record: Record<string, string | readonly string[]> = {}
  for (const [name, values] of grouped(headers.entries())) {
    if (volatileOfResponse.test(name) || name === own.header) continue
    if (name === 'content-type' && values.length === 1 && values[0] === own.contentType) continue
    record[name] = oneOrMany(values.map((value) => recorded(name === 'set-cookie' ? value.replace(/="[0-9a-f]{16}"/g, '="<generated>"') : value)))
  }
  return record
}

/** @returns the fields of a request that arrived otherwise than they were sent; `null` for one that did not arrive */
export function changedHeaders(arrived: Headers, sent: SentHeaders): Record<string, string | readonly string[] | null> {
  const got = grouped(arrived.entries())
  const had = grouped(sent)
  const changes: Record<string, string | readonly string[] | null> = {}
  for (const name of [...new Set([...got.keys(), ...had.keys()])].sort()) {
    const values = got.get(name)?.map(recorded)
    const before = had.get(name)
    const same = values !== undefined && before !== undefined && values.length === before.length && values.every((value, i) => value === before[i])
    if (same) continue
    if (name === 'x-request-id' && before) changes[name] = values ? '<other>' : null
    else if (!volatileOfRequest.test(name))
      changes[name] = values ? oneOrMany(values.map((value) => value.replace(/Hash=[0-9a-f]{64}/g, 'Hash=<hash>'))) : null
  }
  return changes
}
