import { describe, expect, test } from 'vitest'
import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'
import { getRequest, ScriptedContext } from '../scripted-context.ts'
import { createHttpbin } from './httpbin.ts'

const program = createHttpbin()

async function answerTo(request: HttpRequest, context = new ScriptedContext()): Promise<HttpResponse> {
  return program(request, context)
}

const get = (path: string, headers = {}): Promise<HttpResponse> => answerTo(getRequest(path, headers))

describe('httpbin', () => {
  test.each([
    ['/', 200],
    ['/get', 200],
    ['/get?a=1', 200],
    ['/post', 405],
    ['/status/200', 200],
    ['/status/503', 503],
    ['/status/999', 400],
    ['/status/101', 400],
    ['/status', 400],
    ['/status/200/more', 404],
    ['/anything/at/all', 200],
    ['/delay/11', 400],
    ['/redirect/2', 302],
    ['/redirect/0', 400],
    ['/redirect-to?url=/get', 302],
    ['/basic-auth/anna/secret', 401],
    ['/bearer', 401],
    ['/nothing', 404],
    ['/constructor', 404],
  ])('GET %s is answered with %i', async (path, status) => {
    expect((await get(path)).status).toBe(status)
  })

  test('says what arrived, headers by the names that Go gives them', async () => {
    const { body } = await get('/get?b=2&a=1&a=3', { 'x-request-id': 'r1', 'x-forwarded-for': '10.1.2.3, 10.9.9.9', 'x-b': ['1', '2'] })
    expect(JSON.parse(body)).toEqual({
      args: { a: ['1', '3'], b: ['2'] },
      headers: { Host: ['test'], 'X-B': ['1', '2'], 'X-Forwarded-For': ['10.1.2.3, 10.9.9.9'], 'X-Request-Id': ['r1'] },
      method: 'GET',
      origin: '10.1.2.3',
      url: 'http://test/get?b=2&a=1&a=3',
    })
    expect(JSON.parse((await get('/ip')).body)).toEqual({ origin: '127.0.0.6' })
    expect(JSON.parse((await get('/headers', { 'end-user': 'jason' })).body).headers['End-User']).toEqual(['jason'])
  })

  test('bodies are read by what they say that they are', async () => {
    const post = (type: string, body: string) => answerTo({ ...getRequest('/post', { 'content-type': type }), method: 'POST', body })
    expect(JSON.parse((await post('application/json', '{"a":1}')).body)).toMatchObject({ data: '{"a":1}', json: { a: 1 } })
    expect((await post('application/json', '{')).status).toBe(400)
    expect(JSON.parse((await post('application/x-www-form-urlencoded', 'a=1&a=2')).body)).toMatchObject({ form: { a: ['1', '2'] }, json: null })
  })

  test.each([
    ['/delay/5', 5000],
    ['/delay/250ms', 250],
    ['/delay/1.5', 1500],
  ])('GET %s takes %i ms', async (path, ms) => {
    const context = new ScriptedContext()
    expect((await answerTo(getRequest(path), context)).status).toBe(200)
    expect(context.now()).toBe(ms)
  })

  test('of several statuses one is drawn by its weight', async () => {
    const draw = async (share: number) =>
      (await answerTo(getRequest('/status/200:0.9,503:0.1'), new ScriptedContext(undefined, { draws: [share] }))).status
    expect([await draw(0), await draw(0.89), await draw(0.91)]).toEqual([200, 200, 503])
  })

  test('special statuses have their headers and bodies', async () => {
    const teapot = await get('/status/418')
    expect([teapot.body, teapot.headers.get('x-more-info')]).toEqual(["I'm a teapot!", 'http://tools.ietf.org/html/rfc2324'])
    expect((await get('/status/302')).headers.get('location')).toBe('/redirect/1')
    expect((await get('/redirect/3')).headers.get('location')).toBe('/relative-redirect/2')
    expect((await get('/redirect/1')).headers.get('location')).toBe('/get')
    expect((await get('/redirect-to?url=http://a.example/&status_code=307')).headers.get('location')).toBe('http://a.example/')
    const own = await get('/response-headers?x-a=1&x-a=2&Content-Type=text/plain')
    expect([own.headers.all('x-a'), own.headers.all('content-type')]).toEqual([['1', '2'], ['text/plain']])
  })

  test('who has the password, the token or the cookies gets in', async () => {
    expect((await get('/basic-auth/anna/secret', { authorization: 'Basic a' })).status).toBe(401)
    expect((await get('/basic-auth/anna/secret', { authorization: `Basic ${btoa('anna:secret')}` })).status).toBe(200)
    expect(JSON.parse((await get('/bearer', { authorization: 'Bearer t1' })).body)).toEqual({ authenticated: true, token: 't1' })
    expect(JSON.parse((await get('/cookies', { cookie: 'a=1; b=2=3' })).body)).toEqual({ a: '1', b: '2=3' })
    expect((await get('/cookies/set?a=1')).headers.get('set-cookie')).toBe('a=1; HttpOnly')
  })
})
