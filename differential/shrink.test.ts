import { expect, test } from 'vitest'
import { generateMesh, type GeneratedMesh } from './generate/mesh.ts'
import { removable, shrink, without } from './shrink.ts'

const vs = (http: unknown[]) => ({
  apiVersion: 'v1',
  kind: 'VirtualService',
  metadata: { name: 'b', namespace: 'default' },
  spec: { hosts: ['b'], http },
})
const mesh: GeneratedMesh = {
  name: 'm',
  config: [
    vs([
      { name: 'one', timeout: '1s' },
      { name: 'two', retries: { attempts: 2 } },
    ]),
    vs([{ name: 'three' }]),
  ],
  behaviour: { 'b-v1.default': { status: 503 } },
  calls: [
    { from: 'a.default', request: 'GET http://b/' },
    { from: 'a.default', request: 'GET http://b/x', headers: { 'x-env': 'a', cookie: 'b' } },
  ],
}

test('only what a difference needs is left', async () => {
  let batches = 0
  const smallest = await shrink(
    mesh,
    async (candidates) => {
      batches++
      return candidates.map((one) => JSON.stringify(one.config).includes('attempts') && JSON.stringify(one.calls).includes('x-env'))
    },
    { batch: 50, batches: 20 },
  )
  expect(smallest).toEqual({
    name: 'm',
    config: [{ ...vs([{ retries: { attempts: 2 } }]), spec: { http: [{ retries: { attempts: 2 } }] } }],
    behaviour: {},
    calls: [{ from: 'a.default', request: 'GET http://b/x', headers: { 'x-env': 'a' } }],
  })
  expect(batches).toBeLessThanOrEqual(20)
})

test('a difference that needs everything shrinks to itself', async () => {
  const all = JSON.stringify(mesh)
  expect(await shrink(mesh, async (candidates) => candidates.map((one) => JSON.stringify(one) === all), { batch: 5, batches: 100 })).toEqual(mesh)
})

test('no more is asked than is allowed', async () => {
  let batches = 0
  const ask = async (candidates: readonly GeneratedMesh[]): Promise<boolean[]> => {
    batches++
    return candidates.map(() => false)
  }
  await shrink(generateMesh('1', 1, 20), ask, { batch: 5, batches: 3 })
  expect(batches).toBe(3)
  await shrink(generateMesh('1', 1, 20), ask, { batch: 5, batches: 3, ms: 0 })
  expect(batches).toBe(3)
})

test('every part can be dropped, the outer ones first', () => {
  const paths = removable(mesh)
  expect(paths.slice(0, 5)).toEqual([
    ['calls', 0],
    ['calls', 1],
    ['behaviour', 'b-v1.default'],
    ['config', 0],
    ['config', 1],
  ])
  expect(paths).toContainEqual(['config', 0, 'spec', 'http', 1, 'retries', 'attempts'])
  for (const path of paths) expect(without(mesh, [path])).not.toEqual(mesh)
})

test('parts within parts go together', () => {
  const left = without(mesh, [
    ['config', 0, 'spec', 'http', 0],
    ['config', 0, 'spec', 'http', 1, 'name'],
    ['config', 0, 'spec', 'http', 1],
  ])
  expect(left.config[0]!.spec['http']).toEqual([])
})
