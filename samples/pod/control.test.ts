import { afterEach, expect, test } from 'vitest'
import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpResponse } from '../../mesh-core/ir/message.ts'
import type { ServiceContext } from '../../mesh-core/ir/program.ts'
import { ControlledPod } from './control.ts'
import type { PodCertificates } from './certificates.ts'
import { PodRecords } from './recorded.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const context = { pod: { name: 'shop-1', version: 'v1', namespace: 'default' } } as ServiceContext

/** @returns what its control port is told by, and what it answers in turn */
async function pod(): Promise<{
  readonly address: string
  tell(what: string, body?: object): Promise<void>
  statuses(calls: number): Promise<number[]>
}> {
  const well: HttpResponse = { status: 200, headers: new Headers(), body: '' }
  const controlled = new ControlledPod(() => well, new PodRecords(), {} as PodCertificates)
  const host = await controlled.listen(0)
  open.push(host)
  const address = `127.0.0.1:${host.port}`
  return {
    address,
    tell: async (what, body = {}) => {
      const [method = '', path = ''] = what.split(' ')
      expect((await fetch(`http://${address}${path}`, { method, body: JSON.stringify(body) })).status).toBe(200)
    },
    statuses: async (calls) => {
      const seen: number[] = []
      for (let i = 0; i < calls; i++) seen.push((await controlled.program({ headers: new Headers() } as never, context)).status)
      return seen
    },
  }
}

test('the first answers of a pod', async () => {
  const { tell, statuses } = await pod()
  await tell('PATCH /behaviour', { status: 503, first: 2 })
  expect(await statuses(3)).toEqual([503, 503, 200])
  // Stated anew, they are all.
  await tell('PATCH /behaviour', { status: 500 })
  expect(await statuses(3)).toEqual([500, 500, 500])
  await tell('POST /reset')
  expect(await statuses(1)).toEqual([200])
})

test('what is said of how long answers take says nothing of which', async () => {
  const { tell, statuses } = await pod()
  await tell('PATCH /behaviour', { status: 503, first: 1 })
  await tell('PATCH /behaviour', { headers: { 'x-slow': 'yes' } })
  expect(await statuses(2)).toEqual([503, 200])
})

test('pods of one service count together', async () => {
  const [counting, other] = [await pod(), await pod()]
  await counting.tell('PATCH /behaviour', { status: 503, first: 3 })
  await other.tell('PATCH /behaviour', { status: 503, first: 3, counter: counting.address })
  expect(await other.statuses(1)).toEqual([503])
  expect(await counting.statuses(1)).toEqual([503])
  expect(await other.statuses(2)).toEqual([503, 200])
  expect(await counting.statuses(1)).toEqual([200])
  // By itself again.
  await other.tell('PATCH /behaviour', { status: 503, first: 1 })
  expect(await other.statuses(2)).toEqual([503, 200])
})

test('where nobody counts a pod does as it would by itself', async () => {
  const { tell, statuses } = await pod()
  await tell('PATCH /behaviour', { status: 503, first: 3, counter: '127.0.0.1:1' })
  expect(await statuses(1)).toEqual([200])
})

test('what came without an id is told since when it came', async () => {
  const records = new PodRecords()
  const program = records.watch(() => ({ status: 200, headers: new Headers(), body: '' }))
  const request = (...headers: readonly string[]) =>
    ({ method: 'CONNECT', scheme: 'http', authority: 'a', path: 'a', headers: new Headers([...headers]), body: '' }) as const
  const receive = (...headers: readonly string[]) => program(request(...headers), context, null)
  await receive()
  const since = records.next
  await receive('x-request-id', 'one')
  await receive()
  expect(records.unnamed(since).map(({ sequence }) => sequence)).toEqual([2])
  expect(records.unnamed(records.next)).toEqual([])
})

test('JSON at paths of its own, until the pod is reset', async () => {
  const controlled = new ControlledPod(() => ({ status: 404, headers: new Headers(), body: '' }), new PodRecords(), {} as PodCertificates)
  const host = await controlled.listen(0)
  open.push(host)
  const control = (method: string, path: string, body?: string) => fetch(`http://127.0.0.1:${host.port}${path}`, { method, ...(body && { body }) })
  const get = async (path: string) => {
    const { status, body } = await controlled.program({ path, headers: new Headers() } as never, context)
    return [status, body]
  }
  await control('PUT', '/documents', JSON.stringify({ '/keys/1': '{"keys":[]}', '/keys/2': '{}' }))
  expect([await get('/keys/1'), await get('/keys')]).toEqual([
    [200, '{"keys":[]}'],
    [404, ''],
  ])
  expect(await (await control('GET', '/documents')).json()).toEqual(['/keys/1'])
  await control('POST', '/reset')
  expect(await get('/keys/1')).toEqual([404, ''])
  expect(await (await control('GET', '/documents')).json()).toEqual([])
})
