import { expect, test } from 'vitest'
import type { KeptValue, RouteFilters } from '../../ir/inserted-filter.ts'
import { Headers, type HttpRequest } from '../../ir/message.ts'
import { compileFormat } from '../replies/format/format.ts'
import type { Subject } from '../replies/format/subject.ts'
import { LogRecord } from '../evidence.ts'
import { keepState, type FilterState, type KeepingStream } from './state-filter.ts'

/** What is kept of a request with these headers. */
function kept(values: readonly KeptValue[], fields: string[], levels: readonly RouteFilters[] = []): FilterState | null {
  const stream: KeepingStream = {
    request: { headers: new Headers(fields) } as HttpRequest,
    log: new LogRecord('a', 'outbound', 0),
    state: null,
    subject: () => ({ request: stream.request, state: stream.state }) as Subject,
  }
  keepState({ kind: 'state', name: 'a', place: 'last', values }, levels, stream)
  return stream.state
}

test.each<[about: string, value: Omit<KeptValue, 'key'>, fields: string[], text: string | undefined]>([
  ['what is there', { format: '<%REQ(x)%>' }, ['x', '1'], '<1>'],
  ['a dash for what is missing', { format: '<%REQ(x)%>' }, [], '<->'],
  ['nothing for what is empty', { format: '<%REQ(x)%>' }, ['x', ''], '<>'],
  ['nothing for what is missing', { format: '<%REQ(x)%>', omitsMissing: true }, [], '<>'],
  ['no empty text', { format: '%REQ(x)%', skipsEmpty: true }, ['x', ''], undefined],
  ['a dash, which is no empty text', { format: '%REQ(x)%', skipsEmpty: true }, [], '-'],
])('keeps %s', (_, value, fields, text) => expect(kept([{ key: 'k', ...value }], fields)?.get('k')).toBe(text))

test('later values see those before them, and those of the nearest come last', () => {
  const values = [
    { key: 'k', format: '1' },
    { key: 'k', format: '%FILTER_STATE(k:PLAIN)%2' },
  ]
  const level = (format: string): RouteFilters => ({ a: { kind: 'state', values: [{ key: 'k', format: `%FILTER_STATE(k:PLAIN)%${format}` }] } })
  expect(kept(values, [], [level('route'), {}, level('table')])?.get('k')).toBe('12tableroute')
})

test.each([
  ['%FILTER_STATE(k:PLAIN)%', '<"é>'],
  ['%FILTER_STATE(k:PLAIN):2%', '<"'],
  ['%FILTER_STATE(k)%', '"\\u003c\\"é\\u003e"'],
  ['%FILTER_STATE(k:FIELD:x)%', ''],
  ['%FILTER_STATE(other:PLAIN)%', ''],
])('%s reads it', (format, text) => {
  expect(compileFormat(format)({ state: kept([{ key: 'k', format: '<"é>' }], []) } as unknown as Subject)).toBe(text)
})
