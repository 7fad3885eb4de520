import { expect, test } from 'vitest'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { CallBook } from './call-book.ts'
import { Journal } from './journal.ts'
import type { LogLine } from './xds/access-log.ts'

const pod = (instance: string) => ({ ref: { name: instance.slice(0, -2), namespace: 'default', instance } }) as WorkloadInstance
const lineOf = (name: string, peer: string): LogLine => {
  const known = { proxy: 'a.default', pod: name, direction: 'outbound', peer, duration: 1 } as const
  const unknown = { call: null, attempt: null, local: null, status: 0, flags: '-', details: null, route: null, cluster: 'c' }
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
