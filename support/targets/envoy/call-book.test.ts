import { expect, test } from 'vitest'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { CallBook } from './call-book.ts'
import { hopsOf } from './hops.ts'
import { Journal } from './journal.ts'
import type { LogLine } from './xds/access-log.ts'

const pod = (instance: string) => ({ ref: { name: instance.slice(0, -2), namespace: 'default', instance } }) as WorkloadInstance
const lineOf = (name: string, peer: string): LogLine => {
  const known = { proxy: 'a.default', pod: name, direction: 'outbound', peer, duration: 1 } as const
  const unknown = {
    call: null,
    tunnel: null,
    attempt: null,
    forwardedFor: null,
    local: null,
    status: 0,
    flags: '-',
    details: null,
    termination: null,
    route: null,
    cluster: 'c',
  }
  return { ...known, ...unknown, host: null, attempts: null, requestId: null }
}

test('of two connections from one port the proxy tells which is which', () => {
  const book = new CallBook(() => null)
  const journal = new Journal()
  const enter = (proxy: WorkloadInstance) =>
    book.enter({ parent: null, from: null, service: null, dialled: '10.96.0.1:80', proxy, unlogged: undefined }, journal)
  const [first, second] = [pod('a-0'), pod('a-1')].map(enter)
  for (const call of [first!, second!]) book.connected('127.0.0.1:40000', call)
  book.read(lineOf('a-1.default', '127.0.0.1:40000'))
  expect([first!.line, second!.line?.pod]).toEqual([null, 'a-1.default'])
  book.read(lineOf('a-0.default', '127.0.0.1:40000'))
  expect(first!.line?.pod).toBe('a-0.default')
})

test('each try that a sidecar of a receiver ends is told, with what it answered', () => {
  const book = new CallBook(() => null)
  const journal = new Journal()
  const call = book.enter({ parent: null, from: null, service: 'b', dialled: '10.96.0.1:80', proxy: pod('a-0'), unlogged: undefined }, journal)
  book.connected('127.0.0.1:40000', call)
  const ended = (name: string, attempt: string, status: number): LogLine => ({
    ...lineOf(name, '127.0.0.1:1'),
    ...{ proxy: name, direction: 'inbound', call: call.id, attempt, status },
  })
  for (const line of [ended('b-0', '1', 503), ended('b-1', '2', 503), ended('b-0', '3', 403)]) book.read(line)
  book.read({ ...lineOf('a-0.default', '127.0.0.1:40000'), attempts: 3 })
  call.status = 403
  const hops = hopsOf(journal, { host: () => null, kept: () => null, leadsTo: () => false })
  expect(hops.map(({ inbound, status, attempt }) => [inbound?.proxy, status, attempt])).toEqual([
    ['b-0', 503, 1],
    ['b-1', 503, 2],
    ['b-0', 403, 3],
  ])
})

test('what a sidecar could not read is told of the call whose connection it was', () => {
  const book = new CallBook((port) => (port === 9080 ? pod('b-0') : null))
  const journal = new Journal()
  const call = book.enter({ parent: null, from: null, service: 'b', dialled: '10.96.0.1:80', proxy: pod('a-0'), unlogged: undefined }, journal)
  book.connected('127.0.0.1:40000', call)
  const refusal = (name: string, peer: string): LogLine => ({
    ...lineOf(name, peer),
    direction: 'inbound',
    status: 400,
    details: 'http1.invalid_url',
  })
  for (const line of [refusal('b-0.default', '127.0.0.1:1'), refusal('b-0.default', '127.0.0.1:2'), refusal('b-1.default', '127.0.0.1:1')])
    book.read(line)
  book.read({ ...lineOf('a-0.default', '127.0.0.1:40000'), host: '127.0.0.1:9080', local: '127.0.0.1:1' })
  expect(call.unreached.map(({ pod: name, peer }) => [name, peer])).toEqual([['b-0.default', '127.0.0.1:1']])
})

test('nothing is awaited of a connection that has ended', async () => {
  const book = new CallBook(() => null)
  const journal = new Journal()
  const call = book.enter({ parent: null, from: null, service: 'b', dialled: '10.96.0.1:80', proxy: pod('a-0'), unlogged: undefined }, journal)
  call.endMs = call.startMs
  const end = { proxy: 'a.default', pod: 'a-0.default', ended: '127.0.0.1:40000' }
  book.connected('127.0.0.1:40000', call)
  for (const one of [
    { ...end, pod: 'a-1.default' },
    { ...end, ended: '127.0.0.1:40001' },
  ])
    book.read(one)
  setTimeout(() => (expect(call.isOver).toBe(false), book.read(end)), 100)
  const start = performance.now()
  await journal.complete()
  expect([call.line, call.isOver]).toEqual([null, true])
  expect(performance.now() - start).toBeLessThan(1000)
})
