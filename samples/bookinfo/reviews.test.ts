import { describe, expect, test } from 'vitest'
import { answerJson } from '../answer.ts'
import { getRequest, ScriptedContext } from '../scripted-context.ts'
import type { Script } from '../scripted-context.ts'
import { createReviews } from './reviews.ts'

const v1 = { ENABLE_RATINGS: 'false' }
const v2 = { ENABLE_RATINGS: 'true' }
const v3 = { ENABLE_RATINGS: 'true', STAR_COLOR: 'red' }
const ok: Script = () => answerJson(200, '{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}')
const failed = { error: 'Ratings service is currently unavailable' }

async function ratingsSeen(env: Record<string, string>, script: Script): Promise<unknown[]> {
  const answer = await createReviews(env)(getRequest('/reviews/0'), new ScriptedContext(script))
  expect(answer.status).toBe(200)
  return (JSON.parse(answer.body) as { reviews: { rating?: unknown }[] }).reviews.map((review) => review.rating)
}

test('the body of version 1, to the letter', async () => {
  const context = new ScriptedContext(ok, { pod: { name: 'reviews-v1-abc' } })
  const answer = await createReviews(v1)(getRequest('/reviews/0'), context)
  expect(answer.body).toBe(
    '{"id": "0","podname": "reviews-v1-abc","clustername": "null","reviews": [' +
      '{"reviewer": "Reviewer1","text": "An extremely entertaining play by Shakespeare. The slapstick humour is refreshing!"},' +
      '{"reviewer": "Reviewer2","text": "Absolutely fun and entertaining. The play lacks thematic depth when compared to other plays by Shakespeare."}]}',
  )
  expect(context.calls).toEqual([])
})

describe('ratings in the answer', () => {
  const stars = (color: string) => [
    { stars: 5, color },
    { stars: 4, color },
  ]
  const table: [string, Record<string, string>, Script, unknown[]][] = [
    ['v2 has black stars', v2, ok, stars('black')],
    ['v3 has red stars', v3, ok, stars('red')],
    ['a failing ratings', v2, () => answerJson(500, ''), [failed, failed]],
    ['a ratings that nobody serves', v3, () => 'refused', [failed, failed]],
    ['an answer that is not JSON', v2, () => answerJson(200, 'oops'), [failed, failed]],
    ['a ratings without ratings', v2, () => answerJson(200, '{"error":"could not connect to ratings database"}'), [failed, failed]],
    ['one reviewer missing', v2, () => answerJson(200, '{"ratings":{"Reviewer2":1}}'), [failed, { stars: 1, color: 'black' }]],
  ]
  test.each(table)('%s', async (_, env, script, expected) => {
    expect(await ratingsSeen(env, script)).toEqual(expected)
  })
})

describe('patience', () => {
  test.each([
    ['v2', v2, 10_000],
    ['v3', v3, 2500],
  ])('%s waits so long, once', async (_, env, ms) => {
    const context = new ScriptedContext(() => 'timeout')
    await createReviews(env)(getRequest('/reviews/0'), context)
    expect([context.now(), context.calls.length]).toEqual([ms, 1])
  })
})

test('passes on what identifies the request and the user, and nothing else', async () => {
  const sent = { 'x-request-id': '1', 'end-user': 'jason', 'x-b3-flags': '1', cookie: 'session=x', 'x-other': 'no', accept: '*/*' }
  const context = new ScriptedContext(ok)
  await createReviews({ ...v2, RATINGS_HOSTNAME: 'stars', SERVICES_DOMAIN: 'prod' })(getRequest('/reviews/7', sent), context)
  const [call] = context.calls
  expect(call).toMatchObject({ authority: 'stars.prod:9080', path: '/ratings/7' })
  expect(Object.fromEntries(call!.headers.entries())).toEqual({ 'x-request-id': '1', 'end-user': 'jason', 'x-b3-flags': '1', cookie: 'session=x' })
})

test.each([
  ['/health', 200],
  ['/reviews/abc', 404],
  ['/', 404],
])('%s is %i', async (path, status) => {
  expect((await createReviews(v2)(getRequest(path), new ScriptedContext(ok))).status).toBe(status)
})
