import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configPaths } from '../../../cli/serving/config-paths.ts'
import { serveMesh } from '../../../cli/serving/serve-mesh.ts'
import type { ServedMesh } from '../../../cli/serving/serve-mesh.ts'
import { readText } from '../../../mesh-core/config/read.ts'
import { refOf } from '../../../mesh-core/config/resource.ts'
import type { Resource } from '../../../mesh-core/config/resource.ts'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import { pathsOf } from '../../checks/evidence.ts'
import { cookieOf, loginCall } from '../../traffic/sign-in.ts'
import type { Call, MeshSession, Target } from '../target.ts'
import { createClusterTarget } from './target.ts'

// The target against Bookinfo behind a simulated mesh on real ports: what it would meet in a cluster, without one.
let served: ServedMesh
let target: Target
let session: MeshSession
beforeAll(async () => {
  served = await serveMesh({ paths: configPaths('samples/bookinfo'), port: 0, address: '127.0.0.1', adminPort: 0, seed: 1, reloaded: () => {} })
  const admin = `http://127.0.0.1:${served.adminPort}/config`
  target = createClusterTarget({
    gateway: `http://127.0.0.1:${served.port}`,
    assumeConfig: false,
    applyCommand: `curl -sS --fail-with-body -X PUT --data-binary @{file} ${admin}`,
    deleteCommand: `curl -sS --fail-with-body -X DELETE --data-binary @{file} ${admin}`,
    settleMs: 0,
  })
  session = await target.open({ name: 'test', uri: 'test.feature', tags: [], seed: 1 })
})
afterAll(async () => {
  await session.close()
  await target.close()
  await served.close()
})

const config = (name: string): readonly Resource[] =>
  readText(readFileSync(new URL(`../../../samples/bookinfo/networking/${name}.yaml`, import.meta.url), 'utf8'), `${name}.yaml`).resources

async function open(user: string | null): Promise<Exchange> {
  const headers = user === null ? {} : { cookie: cookieOf(await session.send(loginCall(user)), user) }
  return session.send({ from: { kind: 'client' }, method: 'GET', target: '/productpage', headers, body: '' } satisfies Call)
}

test('Bookinfo is there', async () => {
  await session.deployBookinfo('default')
})

describe('the tasks of Bookinfo, each config applied by a command', () => {
  test('request routing: jason sees version 2, others version 1', async () => {
    await session.apply([...config('virtual-service-all-v1'), ...config('virtual-service-reviews-test-v2')])
    expect(pathsOf(await open('jason'))).toContain('productpage -> reviews:v2 -> ratings')
    expect(pathsOf(await open(null))).toContain('productpage -> reviews:v1')
  })

  test('traffic shifting: both versions, then one', async () => {
    await session.apply(config('virtual-service-reviews-50-v3'))
    const call: Call = { from: { kind: 'client' }, method: 'GET', target: '/productpage', headers: {}, body: '' }
    const seen = new Set<string>()
    for await (const exchange of session.sendMany(call, { times: 40, concurrency: 4 })) for (const path of pathsOf(exchange)) seen.add(path)
    expect([...seen].toSorted()).toEqual(['productpage -> details', 'productpage -> reviews:v1', 'productpage -> reviews:v3 -> ratings'])
    await session.apply(config('virtual-service-reviews-v3'))
    expect(pathsOf(await open(null))).toContain('productpage -> reviews:v3 -> ratings')
  })

  test('fault injection: jason gets no ratings', async () => {
    await session.apply([...config('virtual-service-reviews-test-v2'), ...config('virtual-service-ratings-test-abort')])
    expect((await open('jason')).response!.body).toContain('Ratings service is currently unavailable')
    await session.remove(config('virtual-service-ratings-test-abort').map(refOf))
    expect((await open('jason')).response!.body).toContain('glyphicon glyphicon-star')
  })

  test('a path that the gateway does not know reaches nobody', async () => {
    const { response, hops } = await session.send({ from: { kind: 'client' }, method: 'GET', target: '/nowhere', headers: {}, body: '' })
    expect(response!.status).toBe(404)
    expect(hops.map((hop) => hop.to)).toEqual([null])
  })
})
