import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import supertest from 'supertest'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigRejected } from '../../mesh-core/config/errors.ts'
import { configPaths } from './config-paths.ts'
import { serveMesh } from './serve-mesh.ts'
import type { ServedMesh } from './serve-mesh.ts'

const networking = new URL('../../samples/bookinfo/networking/', import.meta.url)
const fileOf = (name: string) => readFileSync(new URL(`${name}.yaml`, networking), 'utf8')

let folder: string
let served: ServedMesh
const reloads: (Error | null)[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meshspec-serve-'))
  writeFileSync(join(folder, 'reviews.yaml'), fileOf('virtual-service-reviews-test-v2'))
  reloads.length = 0
  const paths = [...configPaths('samples/bookinfo'), folder]
  served = await serveMesh({ paths, port: 0, address: '127.0.0.1', adminPort: 0, seed: 1, reloaded: (error) => reloads.push(error) })
})
afterEach(async () => {
  await served.close()
  rmSync(folder, { recursive: true })
})

const gateway = () => supertest(`http://127.0.0.1:${served.port}`)
const admin = () => supertest(`http://127.0.0.1:${served.adminPort}`)
const stars = async (cookie = '') => (await gateway().get('/productpage').set('cookie', cookie)).text.split('glyphicon glyphicon-star').length - 1

async function signIn(user: string): Promise<string> {
  const login = await gateway().post('/login').type('form').set('referer', '/productpage').send({ username: user, passwd: '' }).expect(302)
  expect(login.headers['location']).toBe('/productpage')
  return login.headers['set-cookie']![0]!.split(';')[0]!
}

describe('Bookinfo in a browser', () => {
  test('jason signs in and sees the stars, nobody else does', async () => {
    expect(await stars()).toBe(0)
    expect(await stars(await signIn('jason'))).toBe(9)
    expect(await stars(await signIn('anna'))).toBe(0)
  })

  test('only what the gateway lets in is served', async () => {
    await gateway().get('/static/bookinfo.css').expect(200).expect('content-type', 'text/css; charset=utf-8')
    await gateway()
      .get('/api/v1/products/0/reviews')
      .expect(200, /"podname"/)
    await gateway().get('/health').expect(404).expect('server', 'istio-envoy')
  })

  test('a delay takes its time', async () => {
    await admin().put('/config').send(fileOf('virtual-service-ratings-delay-2s').replace('2s', '300ms')).type('text').expect(200)
    const cookie = await signIn('jason')
    const start = performance.now()
    expect(await stars(cookie)).toBe(9)
    expect(performance.now() - start).toBeGreaterThan(295)
  })
})

describe('changes while it runs', () => {
  test('put and deleted', async () => {
    await admin().put('/config').type('text').send(fileOf('virtual-service-reviews-v3')).expect(200, 'VirtualService default/reviews applied\n')
    expect(await stars()).toBe(9)
    await admin().delete('/config').type('text').send(fileOf('virtual-service-reviews-v3')).expect(200, 'VirtualService default/reviews deleted\n')
  })

  test('what is refused changes nothing and says why', async () => {
    const broken = fileOf('virtual-service-reviews-50-v3').replaceAll('weight: 50', 'weight: -1')
    await admin()
      .put('/config')
      .type('text')
      .send(broken)
      .expect(422, /reviews/)
    expect(await stars()).toBe(0)
    await admin().get('/config').expect(405)
    await admin().put('/other').expect(404)
  })

  test('a file that is written anew', async () => {
    writeFileSync(join(folder, 'reviews.yaml'), fileOf('virtual-service-reviews-v3'))
    await until(() => reloads.length > 0)
    expect(reloads).toEqual([null])
    expect(await stars()).toBe(9)
  })

  test('a file that is broken leaves what was there', async () => {
    writeFileSync(join(folder, 'reviews.yaml'), 'kind: [')
    await until(() => reloads.length > 0)
    expect(reloads[0]).toBeInstanceOf(ConfigRejected)
    expect(await stars(await signIn('jason'))).toBe(9)
  })
})

async function until(happened: () => boolean): Promise<void> {
  for (let left = 100; left > 0 && !happened(); left--) await sleep(50)
  expect(happened()).toBe(true)
}

describe('which files belong together', () => {
  test('a folder with a kustomization says so itself', () => {
    expect(configPaths('samples/bookinfo')).toHaveLength(4)
    expect(configPaths(folder)).toEqual([folder])
    expect(configPaths('no/such/folder')).toEqual(['no/such/folder'])
  })

  test('a kustomization that does more is refused', () => {
    writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [reviews.yaml]\nnamePrefix: x-\n')
    expect(() => configPaths(folder)).toThrow(/namePrefix[\s\S]*kubectl kustomize/)
  })
})
