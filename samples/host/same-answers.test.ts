import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpRequest } from '../../mesh-core/ir/message.ts'
import type { PodInfo, Program } from '../../mesh-core/ir/program.ts'
import { programFor } from '../resolve-program.ts'
import { ScriptedContext } from '../scripted-context.ts'
import { callOverHttp } from './call.ts'
import { hostProgram } from './host.ts'
import type { Host } from './host.ts'

// Programs that look at no clock: their answers depend on the request alone.
const images = [
  'examples-bookinfo-details-v1',
  'examples-bookinfo-ratings-v1',
  'examples-bookinfo-reviews-v1',
  'examples-bookinfo-productpage-v1',
  'echo',
]
const pod: PodInfo = { name: 'pod-0', namespace: 'default', app: 'app', version: 'v1', env: {} }
const nowhere = { DETAILS_HOSTNAME: '127.0.0.1', DETAILS_SERVICE_PORT: '1', REVIEWS_HOSTNAME: '127.0.0.1', REVIEWS_SERVICE_PORT: '1' }
const freshProgram = (image: string): Program => programFor({ image, version: 'v1', env: nowhere })

const hosts: Host[] = []
beforeAll(async () => {
  for (const image of images) hosts.push(await hostProgram(freshProgram(image), pod, { address: '127.0.0.1' }))
})
afterAll(async () => {
  for (const host of hosts) await host.close()
})

const path = fc.constantFrom(
  '/',
  '/health',
  '/details/0',
  '/details/x',
  '/ratings/7',
  '/reviews/0',
  '/productpage',
  '/logout',
  '/api/v1/products',
  '/none?status=418',
  '/a%2Fb',
)
const header = fc.tuple(fc.constantFrom('x-request-id', 'end-user', 'cookie', 'referer', 'x-twice'), fc.stringMatching(/^[!-~]{1,12}$/))
const request = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  path,
  headers: fc.array(header, { maxLength: 4 }),
  body: fc.constantFrom('', '{"Reviewer1":1}', 'x=1'),
})

test('a program answers the same within the engine and on a real port', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(images.length - 1), request, async (index, { method, path, headers, body }) => {
      const authority = `127.0.0.1:${hosts[index]!.port}`
      const fields = method === 'GET' ? headers : [...headers, ['content-length', String(Buffer.byteLength(body))]]
      const sent = (): HttpRequest => ({
        method,
        scheme: 'http',
        authority,
        path,
        headers: new Headers(fields.flat()),
        body: method === 'GET' ? '' : body,
      })
      const inside = await freshProgram(images[index]!)(sent(), new ScriptedContext(() => 'refused', { pod }))
      const outside = await callOverHttp(sent(), { timeoutMs: 5000 })
      expect([outside.status, outside.body]).toEqual([inside.status, inside.body])
      for (const [name, value] of inside.headers.entries()) expect(outside.headers.all(name)).toContain(value)
    }),
    { numRuns: 150, seed: 1 },
  )
})
