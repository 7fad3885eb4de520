import { describe, expect, test } from 'vitest'
import type { HttpRequest, HttpResponse } from '../../../mesh-core/ir/message.ts'
import { answerJson } from '../../answer.ts'
import { createEcho } from '../../echo/echo.ts'
import { getRequest, ScriptedContext } from '../../scripted-context.ts'
import type { Script } from '../../scripted-context.ts'
import { createDetails } from '../details.ts'
import { createReviews } from '../reviews.ts'
import { createProductpage } from './program.ts'
import { signSession } from './session.ts'

const ratings = answerJson(200, '{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}')
const starsOf = async (env: Record<string, string>) => (await createReviews(env)(getRequest('/reviews/0'), new ScriptedContext(() => ratings))).body
const details = ((await createDetails()(getRequest('/details/0'), new ScriptedContext())) as HttpResponse).body
const bodies = {
  v1: await starsOf({}),
  v2: await starsOf({ ENABLE_RATINGS: 'true' }),
  v3: await starsOf({ ENABLE_RATINGS: 'true', STAR_COLOR: 'red' }),
}

/** Details is well, reviews does as the script says. */
function backends(reviews: Script): Script {
  return (request, call) => (request.authority.startsWith('details') ? answerJson(200, details) : reviews(request, call))
}

async function page(reviews: Script, request = getRequest('/productpage'), env = {}): Promise<{ answer: HttpResponse; context: ScriptedContext }> {
  const context = new ScriptedContext(backends(reviews))
  return { answer: await createProductpage(env)(request, context), context }
}

const count = (text: string, part: string) => text.split(part).length - 1
const called = (context: ScriptedContext) => context.calls.map(({ authority, path }) => `${authority}${path}`)

describe('the product page', () => {
  test.each([
    ['v1', 0, 'text-500'],
    ['v2', 9, '<div class="flex gap-x-1 text-black-500"'],
    ['v3', 9, '<div class="flex gap-x-1 text-red-500"'],
  ] as const)('with reviews %s has %i stars', async (version, stars, block) => {
    const { answer } = await page(() => answerJson(200, bodies[version]))
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('<title>Simple Bookstore App</title>')
    expect(count(answer.body, '<svg id="glyphicon glyphicon-star"')).toBe(stars)
    expect(count(answer.body, block)).toBe(stars === 0 ? 0 : 2)
    for (const marker of ['Book Details', 'PublisherA', 'Book Reviews', 'Reviewer2', 'Reviews served by:', 'Sign in'])
      expect(answer.body).toContain(marker)
    expect(answer.body).not.toContain('on cluster')
  })

  test('says that ratings is unavailable under each review', async () => {
    const failed = await createReviews({ ENABLE_RATINGS: 'true' })(getRequest('/reviews/0'), new ScriptedContext())
    const { answer } = await page(() => failed)
    expect(count(answer.body, '<p class="text-red-500">Ratings service is currently unavailable</p>')).toBe(2)
    expect(answer.body).toContain('Reviewer1')
  })

  test('names the cluster when it has a name', async () => {
    const { answer } = await page(() => answerJson(200, '{"podname":"p","clustername":"east","reviews":[]}'))
    expect(answer.body).toMatch(/on cluster <b>east/)
  })

  test('escapes what others say', async () => {
    const evil = '{"podname":"<script>","clustername":"null","reviews":[{"reviewer":"<b>","text":"\\"&"}]}'
    const { answer } = await page(
      () => answerJson(200, evil),
      getRequest('/productpage', { cookie: `session=${signSession({ user: '<i>', signedAt: 0 })}` }),
    )
    expect(answer.body).not.toMatch(/<script>|<i>|<figcaption><b>/)
    expect(answer.body).toContain('&lt;script&gt;')
  })

  // A mesh that sends reviews' traffic to another service.
  test('bears an answer without reviews, not one that is no JSON', async () => {
    const echo = await createEcho()(getRequest('/'), new ScriptedContext())
    expect((await page(() => echo)).answer.status).toBe(200)
    expect((await page(() => answerJson(200, '<html>'))).answer.status).toBe(500)
  })
})

describe('calls of the product page', () => {
  const rows: [string, Script, string[], number][] = [
    ['once each when all is well', () => answerJson(200, bodies.v1), ['details:9080/details/0', 'reviews:9080/reviews/0'], 0],
    ['reviews twice when it fails', () => answerJson(503, ''), ['details:9080/details/0', 'reviews:9080/reviews/0', 'reviews:9080/reviews/0'], 0],
    ['reviews twice when it is slow, 3 s each', () => 7000, ['details:9080/details/0', 'reviews:9080/reviews/0', 'reviews:9080/reviews/0'], 6000],
  ]
  test.each(rows)('%s', async (_, reviews, calls, ms) => {
    const { answer, context } = await page(reviews)
    expect([answer.status, called(context), context.now()]).toEqual([200, calls, ms])
  })

  test('a second try that succeeds is shown', async () => {
    const { answer } = await page((_, call) => (call === 2 ? answerJson(503, '') : answerJson(200, bodies.v1)))
    expect(answer.body).toContain('Book Reviews')
  })

  test('the texts of failures', async () => {
    const context = new ScriptedContext(() => 'timeout')
    const answer = await createProductpage()(getRequest('/productpage'), context)
    for (const what of ['details', 'reviews']) {
      expect(answer.body).toContain(`Error fetching product ${what}!`)
      expect(answer.body).toContain(`Sorry, product ${what} are currently unavailable for this book.`)
    }
    expect(context.now()).toBe(9000)
  })

  test('FLOOD_FACTOR asks reviews so many times more', async () => {
    const { context } = await page(() => answerJson(200, bodies.v1), undefined, { FLOOD_FACTOR: '3' })
    expect(context.calls).toHaveLength(1 + 3 + 1)
  })

  test('hosts, ports and domain come from the environment', async () => {
    const env = { DETAILS_HOSTNAME: 'details-v2', REVIEWS_SERVICE_PORT: '80', SERVICES_DOMAIN: 'shop.svc' }
    const { context } = await page(() => answerJson(200, bodies.v1), undefined, env)
    expect(called(context)).toEqual(['details-v2.shop.svc:9080/details/0', 'reviews.shop.svc:80/reviews/0'])
  })
})

describe('who is signed in', () => {
  const cookie = `theme=dark; session=${signSession({ user: 'jason', signedAt: 0 })}`
  const headersOf = async (headers: Record<string, string>) =>
    (await page(() => answerJson(200, bodies.v1), getRequest('/productpage', headers))).context.calls.map((call) => call.headers)

  test('the session alone decides end-user', async () => {
    for (const headers of await headersOf({ cookie, 'end-user': 'anna' })) expect(headers.all('end-user')).toEqual(['jason'])
    for (const headers of await headersOf({ 'end-user': 'anna' })) expect(headers.all('end-user')).toEqual([])
    for (const headers of await headersOf({ cookie: 'session=forged.x.y' })) expect(headers.all('end-user')).toEqual([])
  })

  test('what else is passed on', async () => {
    const [headers] = await headersOf({ cookie, 'x-request-id': 'r', 'x-b3-traceid': 't', 'x-b3-flags': '1', 'user-agent': 'curl', 'x-other': '1' })
    expect([...headers!.entries()].map(([name]) => name)).toEqual(['cookie', 'x-request-id', 'x-b3-traceid', 'user-agent', 'end-user'])
  })

  test('the page names the user', async () => {
    const { answer } = await page(() => answerJson(200, bodies.v1), getRequest('/productpage', { cookie }))
    expect(answer.body).toMatch(/jason.*Sign out/)
    expect(answer.body).not.toContain('Sign in')
  })

  test('a name that no header can carry makes the calls fail, and the page stays', async () => {
    const { answer, context } = await page(
      () => answerJson(200, bodies.v1),
      getRequest('/productpage', { cookie: `session=${signSession({ user: '日本', signedAt: 0 })}` }),
    )
    expect([answer.status, context.calls]).toEqual([200, []])
    expect(answer.body).toContain('Error fetching product details')
  })
})

describe('signing in and out', () => {
  const form = 'application/x-www-form-urlencoded'
  const post = (headers: Record<string, string>, body: string): HttpRequest => ({ ...getRequest('/login', headers), method: 'POST', body })
  const answer = async (request: HttpRequest) => createProductpage()(request, new ScriptedContext())

  test('goes back to the Referer with a cookie', async () => {
    const { status, headers } = await answer(post({ 'content-type': form, referer: 'http://shop/productpage' }, 'username=jason&passwd=x'))
    expect([status, headers.get('location')]).toEqual([302, 'http://shop/productpage'])
    expect(headers.get('set-cookie')).toMatch(/^session=eyJ1c2VyIjoiamFzb24ifQ\.[\w-]+\.[\w-]{27}; HttpOnly; Path=\/$/)
  })

  test.each([
    ['the empty name is a user', 'username=', ''],
    ['no name is nobody', 'passwd=x', undefined],
  ])('%s', async (_, body, user) => {
    const cookie = (await answer(post({ 'content-type': form }, body))).headers.get('set-cookie')!.split(';')[0]!
    const { context } = await page(() => answerJson(200, bodies.v1), getRequest('/productpage', { cookie }))
    expect(context.calls[0]!.headers.get('end-user')).toBe(user)
  })

  test('without a Referer the location is None', async () => {
    expect((await answer(post({ 'content-type': form }, 'username=a'))).headers.get('location')).toBe('None')
    expect((await answer(getRequest('/logout'))).headers.get('location')).toBe('None')
  })

  test('logout expires the cookie of who has one', async () => {
    const cookie = `session=${signSession({ user: 'jason', signedAt: 0 })}`
    expect((await answer(getRequest('/logout', { cookie }))).headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await answer(getRequest('/logout'))).headers.get('set-cookie')).toBeUndefined()
  })
})

describe('other pages', () => {
  test.each([
    ['GET', '/', 200, 'Simple Bookstore App'],
    ['GET', '/index.html', 200, '/productpage?u=test'],
    ['GET', '/health', 200, 'Product page is healthy'],
    ['GET', '/static/bookinfo.css', 200, '.text-red-500'],
    ['GET', '/static/none.css', 404, ''],
    ['GET', '/productpage?u=normal', 200, 'Simple Bookstore App'],
    ['GET', '/login', 405, 'POST'],
    ['POST', '/productpage', 405, 'GET'],
    ['GET', '/nowhere', 404, ''],
    ['GET', '/api/v1/products', 200, '"title":"The Comedy of Errors"'],
    ['GET', '/api/v1/products/0', 200, '"author":"William Shakespeare"'],
    ['GET', '/api/v1/products/0/reviews', 200, '"podname"'],
  ])('%s %s is %i', async (method, path, status, part) => {
    const { answer } = await page(() => answerJson(200, bodies.v2), { ...getRequest(path), method })
    expect(answer.status).toBe(status)
    expect(answer.body).toContain(part)
  })

  test.each([
    ['reviews', () => 'timeout' as const, 500, 'Sorry, product reviews are currently unavailable for this book.', 6000],
    ['reviews', () => answerJson(503, ''), 503, 'Sorry, product reviews are currently unavailable for this book.', 0],
    ['ratings', () => answerJson(404, ''), 404, 'Sorry, product ratings are currently unavailable for this book.', 0],
  ])('the API tells the status of a failing %s', async (what, script, status, error, ms) => {
    const { answer, context } = await page(script, getRequest(`/api/v1/products/0/${what}`))
    expect([answer.status, JSON.parse(answer.body), context.now()]).toEqual([status, { error }, ms])
  })

  test('metrics count calls, not tries', async () => {
    const program = createProductpage()
    const context = new ScriptedContext(backends(() => answerJson(503, '')))
    await program(getRequest('/productpage'), context)
    const { body } = await program(getRequest('/metrics'), context)
    expect(body).toContain('request_result_total{destination_app="details",response_code="200"} 1.0')
    expect(body).toContain('request_result_total{destination_app="reviews",response_code="503"} 1.0')
  })
})
