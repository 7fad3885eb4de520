import { describe, expect, test } from 'vitest'
import { Headers } from '../../../mesh-core/ir/message.ts'
import { createEcho } from '../../../samples/echo/echo.ts'
import { createProductpage } from '../../../samples/bookinfo/productpage/program.ts'
import { createDetails } from '../../../samples/bookinfo/details.ts'
import { createReviews } from '../../../samples/bookinfo/reviews.ts'
import { getRequest, ScriptedContext } from '../../../samples/scripted-context.ts'
import { answerJson } from '../../../samples/answer.ts'
import { pathsOf } from '../../checks/evidence.ts'
import { evidenceOf } from './evidence.ts'
import type { Answered } from './gateway-client.ts'

function answered(path: string, status: number, body: string, headers: Record<string, string> = {}): Answered {
  return { request: getRequest(path), response: { status, headers: Headers.of(headers), body }, error: null, durationMs: 1 }
}

const paths = (given: Answered) => pathsOf({ ...given, ...evidenceOf(given) })
const untold = (given: Answered, name: string, version: string | null = null) => evidenceOf(given).untold!({ name, version })

const v1 = {}
const v2 = { ENABLE_RATINGS: 'true' }
const v3 = { ENABLE_RATINGS: 'true', STAR_COLOR: 'red' }

/** The page of the real program over the real reviews. */
async function page(env: Record<string, string>, pod: string, ratings = 200, reviews = 200): Promise<Answered> {
  const stars = () => answerJson(ratings, '{"ratings":{"Reviewer1":5,"Reviewer2":4}}')
  const said = await createReviews(env)(getRequest('/reviews/0'), new ScriptedContext(stars, { pod: { name: pod } }))
  const details = await createDetails()(getRequest('/details/0'), new ScriptedContext())
  const context = new ScriptedContext((request) => (request.path.startsWith('/details') ? details : { ...said, status: reviews }))
  const { status, body } = await createProductpage()(getRequest('/productpage'), context)
  return answered('/productpage', status, body)
}

test('a connection that was refused has reached nobody, and no other source has to be asked', () => {
  const refused: Answered = { request: getRequest('/productpage'), response: null, error: 'refused', durationMs: 1 }
  expect(evidenceOf(refused)).toMatchObject({ hops: [], whole: true })
  expect(untold(refused, 'productpage')).toBeNull()
  const lost: Answered = { ...refused, error: 'closed' }
  expect(evidenceOf(lost).whole).toBe(false)
  expect(untold(lost, 'productpage')).toMatch(/no answer/)
})

describe("Bookinfo's page", () => {
  test.each([
    ['v1', v1, 'reviews-v1-5d8cf7ff-abcde', 'reviews:v1'],
    ['v2', v2, 'reviews-v2-0', 'reviews:v2 -> ratings'],
    ['v3', v3, 'reviews-v3-7f4d-x', 'reviews:v3 -> ratings'],
    // A pod that is named otherwise: the stars tell.
    ['v1 by the stars', v1, 'pod', 'reviews:v1'],
    ['v2 by the stars', v2, 'pod', 'reviews:v2 -> ratings'],
    ['v3 by the stars', v3, 'pod', 'reviews:v3 -> ratings'],
  ])('of reviews %s', async (_, env, pod, reached) => {
    expect(paths(await page(env, pod))).toEqual(['productpage -> details', `productpage -> ${reached}`])
  })

  test('without ratings says of ratings only that it does not know', async () => {
    const failed = await page(v2, 'reviews-v2-0', 500)
    expect(paths(failed)).toEqual(['productpage -> details', 'productpage -> reviews:v2'])
    expect(untold(failed, 'ratings')).toContain('does not tell')
    expect(untold(await page(v1, 'reviews-v1-0'), 'ratings')).toBeNull()
  })

  test('without reviews says nothing of reviews and ratings', async () => {
    const failed = await page(v2, 'reviews-v2-0', 200, 503)
    expect(paths(failed)).toEqual(['productpage -> details'])
    for (const name of ['reviews', 'ratings']) expect(untold(failed, name)).toContain('does not tell')
  })

  test('tells no version but that of reviews', async () => {
    const ok = await page(v2, 'reviews-v2-0')
    expect(untold(ok, 'details', 'v1')).toContain('version of details')
    expect(untold(ok, 'reviews', 'v3')).toBeNull()
    expect(untold(ok, 'shop', 'v1')).toBeNull()
  })

  test("Istio's markup of the pod", () => {
    const html = '<title>Simple Bookstore App</title><dt>Reviews served by:</dt>\n  <u>reviews-v3-abc</u>\n'
    expect(paths(answered('/productpage?u=normal', 200, html))).toEqual(['productpage -> reviews:v3'])
  })
})

describe('echo services', () => {
  test('ours', async () => {
    const context = new ScriptedContext(undefined, { pod: { name: 'shop-v2-0', namespace: 'prod', app: 'shop', version: 'v2' } })
    const { body } = await createEcho()({ ...getRequest('/x', { 'x-user': 'a' }), authority: 'shop' }, context)
    const { hops } = evidenceOf(answered('/', 503, body, { 'content-type': 'application/json' }))
    expect(hops).toHaveLength(1)
    expect(hops[0]).toMatchObject({ to: { namespace: 'prod', name: 'shop-v2', instance: 'shop-v2-0' }, app: 'shop', version: 'v2', status: 503 })
    expect(hops[0]!.received).toMatchObject({ method: 'GET', path: '/x', authority: 'shop' })
    expect(hops[0]!.received!.headers.get('x-user')).toBe('a')
  })

  test('others that name their workload', () => {
    const body = JSON.stringify({
      workload: 'b-v1',
      pod: 'b-v1-x',
      namespace: 'default',
      version: 'v1',
      method: 'GET',
      path: '/',
      headers: { host: 'b' },
      port: 80,
    })
    expect(evidenceOf(answered('/', 200, body, { 'content-type': 'application/json' })).hops[0]).toMatchObject({
      app: 'b',
      received: { authority: 'b' },
    })
  })
})

describe('other answers', () => {
  test.each([
    [404, { server: 'istio-envoy' }, 1, null],
    [301, { server: 'istio-envoy' }, 1, null],
    [404, { server: 'istio-envoy', 'x-envoy-upstream-service-time': '3' }, 0, 'does not tell'],
    // A timeout of the gateway: the request may have arrived.
    [504, { server: 'istio-envoy' }, 0, 'does not tell'],
    [200, {}, 0, 'does not tell'],
    [200, { 'content-type': 'application/json' }, 0, 'does not tell'],
  ])('%i with %j', (status, headers, hops, reason) => {
    const evidence = evidenceOf(answered('/x', status, '{}', headers))
    expect(evidence.hops).toHaveLength(hops)
    expect(evidence.hops.every((hop) => hop.to === null)).toBe(true)
    if (reason === null) expect(evidence.untold!({ name: 'shop', version: null })).toBeNull()
    else expect(evidence.untold!({ name: 'shop', version: null })).toContain(reason)
  })

  test('no answer at all', () => {
    const evidence = evidenceOf({ request: getRequest('/'), response: null, error: 'closed', durationMs: 1 })
    expect([evidence.hops, evidence.untold!({ name: 'shop', version: null })]).toEqual([[], expect.stringContaining('no answer')])
  })
})
