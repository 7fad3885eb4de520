import { expect, test } from 'vitest'
import type { Program } from '../../ir/program.ts'
import { answer, clusterName, route, testMesh } from '../test-mesh.suite.ts'

const million = 1_000_000
const origin = { file: 'test.yaml', document: 0, resource: 'VirtualService default/b', path: [] }
const mirrors = [{ cluster: clusterName, ppm: million, appendShadowSuffix: true, origin }]

test('a mirror gets a copy, and its failure nobody notices', async () => {
  const program = (request: { authority: string }) => answer(request.authority === 'b' ? 200 : 500)
  const { response, hops } = await testMesh({ program, routes: [route({ mirrors })] }).send()
  expect(response!.status).toBe(200)
  expect(hops.map(({ mirrored, received, status }) => [mirrored, received!.authority, status])).toEqual([[true, 'b-shadow', 500], [false, 'b', 200]]) // prettier-ignore
  expect(hops[0]!.received!.headers.get('x-forwarded-for')).toBe('10.0.0.1')
})

test('a copy has the time of the request that it was made of', async () => {
  const program: Program = (request, context) => (request.authority === 'b' ? answer() : context.sleep(500).then(() => answer()))
  const inboundOf = async (timeoutMs: number | null) => {
    const mesh = testMesh({ program, inbound: true, routes: [route({ mirrors, timeoutMs })] })
    const { response, hops } = await mesh.send()
    await mesh.clock.elapse(1000)
    expect(response!.status).toBe(200)
    return hops.find(({ mirrored }) => mirrored)!.inbound
  }
  expect(await inboundOf(200)).toMatchObject({ status: 0, flags: 'DC' })
  expect(await inboundOf(null)).toMatchObject({ flags: '-' })
})
