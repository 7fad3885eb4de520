import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpRequest } from '../../mesh-core/ir/message.ts'
import { CallError } from '../../mesh-core/ir/program.ts'
import type { PodInfo, Program } from '../../mesh-core/ir/program.ts'
import { answerText } from '../answer.ts'
import { programFor } from '../resolve-program.ts'
import { callOverHttp } from './call.ts'
import { hostProgram } from './host.ts'
import type { Host } from './host.ts'

const hosts: Host[] = []
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close()
})

function podInfo(app: string, version = 'v1'): PodInfo {
  return { name: `${app}-${version}-0`, namespace: 'default', app, version, env: {} }
}

async function serve(program: Program, app = 'test', version = 'v1'): Promise<string> {
  const host = await hostProgram(program, podInfo(app, version))
  hosts.push(host)
  return `127.0.0.1:${host.port}`
}

function get(authority: string, path: string, headers: Record<string, string | string[]> = {}): HttpRequest {
  return { method: 'GET', scheme: 'http', authority, path, headers: Headers.of(headers), body: '' }
}

const ask = (authority: string, path: string, headers = {}) => callOverHttp(get(authority, path, headers), { timeoutMs: 2000 })

/** The four services as pods, each where the one before it finds it. */
async function serveBookinfo(reviews: 'v1' | 'v2' | 'v3', ratingsProgram?: Program): Promise<string> {
  const where = (name: string, authority: string) => ({ [`${name}_HOSTNAME`]: '127.0.0.1', [`${name}_SERVICE_PORT`]: authority.split(':')[1]! })
  const program = (image: string, env = {}) => programFor({ image: `examples-bookinfo-${image}:1`, version: '', env })
  const ratings = await serve(ratingsProgram ?? program('ratings-v1'), 'ratings')
  const details = await serve(program('details-v1'), 'details')
  const served = await serve(program(`reviews-${reviews}`, where('RATINGS', ratings)), 'reviews', reviews)
  return serve(program('productpage-v1', { ...where('DETAILS', details), ...where('REVIEWS', served) }), 'productpage')
}

const stars = (page: string) => page.split('glyphicon glyphicon-star').length - 1

describe('Bookinfo on real ports', () => {
  test.each([
    ['v1', 0, ''],
    ['v2', 9, 'text-black-500'],
    ['v3', 9, 'text-red-500'],
  ] as const)('reviews %s shows %i stars', async (version, count, color) => {
    const { status, body } = await ask(await serveBookinfo(version), '/productpage')
    expect(status).toBe(200)
    expect(stars(body)).toBe(count)
    expect(body).toContain(`<b>reviews-${version}-0</b>`)
    expect(body).toContain(color)
  })

  test('a person signs in, is named, and signs out', async () => {
    const seen: (string | undefined)[] = []
    const ratings: Program = (request) => {
      seen.push(request.headers.get('end-user'))
      return answerText(503, '')
    }
    const page = await serveBookinfo('v2', ratings)
    const login = { ...get(page, '/login', { 'content-type': 'application/x-www-form-urlencoded', referer: '/productpage' }), method: 'POST' }
    const signedIn = await callOverHttp({ ...login, body: 'username=jason&passwd=' }, { timeoutMs: 2000 })
    expect([signedIn.status, signedIn.headers.get('location')]).toEqual([302, '/productpage'])

    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
    expect((await ask(page, '/productpage', { cookie })).body).toMatch(/jason.*Sign out.*Ratings service is currently unavailable/s)
    const signedOut = await ask(page, '/logout', { cookie })
    expect(signedOut.headers.get('set-cookie')).toMatch(/^session=;.*Max-Age=0/)
    expect((await ask(page, '/productpage')).body).toContain('Sign in')
    expect(seen).toEqual(['jason', undefined])
  })

  test('the page goes without reviews that nobody serves', async () => {
    const env = { DETAILS_HOSTNAME: '127.0.0.1', DETAILS_SERVICE_PORT: '1', REVIEWS_HOSTNAME: '127.0.0.1', REVIEWS_SERVICE_PORT: '1' }
    const page = await serve(programFor({ image: 'bookinfo-productpage', version: 'v1', env }))
    const { status, body } = await ask(page, '/productpage')
    expect(status).toBe(200)
    expect(body).toContain('Sorry, product reviews are currently unavailable for this book.')
    expect((await ask(page, '/api/v1/products/0')).status).toBe(500)
  })
})

describe('what a host carries', () => {
  test('every header of the request and of the answer, repeated ones apart', async () => {
    const echo = await serve((request) => ({ status: 207, headers: new Headers(request.headers.fields.slice()), body: request.path }))
    const answer = await ask(echo, '/a%20b?x=%2F', { 'set-cookie': ['a=1', 'b=2'], 'x-empty': '' })
    expect([answer.status, answer.body]).toEqual([207, '/a%20b?x=%2F'])
    expect(answer.headers.all('set-cookie')).toEqual(['a=1', 'b=2'])
    expect(answer.headers.get('x-empty')).toBe('')
  })

  test('IPv4 and IPv6 clients', async () => {
    const port = (await serve(() => answerText(200, 'here'))).split(':')[1]!
    for (const authority of [`127.0.0.1:${port}`, `[::1]:${port}`]) expect((await ask(authority, '/')).body).toBe('here')
  })

  test('statuses without a body', async () => {
    const program = await serve(() => answerText(204, 'not to be sent'))
    expect(await ask(program, '/')).toMatchObject({ status: 204, body: '' })
  })

  test('a program that fails is a 500, one that closes is no answer', async () => {
    const closing = await serve(() => {
      throw new CallError('closed')
    })
    await expect(ask(closing, '/')).rejects.toMatchObject({ reason: 'closed' })
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const failing = await serve(() => {
      throw new Error('a fault of the program')
    })
    expect((await ask(failing, '/')).status).toBe(500)
    expect(written.mock.calls.join()).toContain('a fault of the program')
    written.mockRestore()
  })
})

describe('calls', () => {
  test('an answer that comes late is a timeout', async () => {
    const slow = await serve((_, context) => context.sleep(5000).then(() => answerText(200, '')))
    await expect(callOverHttp(get(slow, '/'), { timeoutMs: 60 })).rejects.toMatchObject({ reason: 'timeout' })
  })

  test('the timeout is of the silence, not of the whole answer', async () => {
    const server = createServer((_, out) => {
      out.write('a')
      let pieces = 5
      const timer = setInterval(() => (pieces-- > 0 ? out.write('b') : (clearInterval(timer), out.end())), 40)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const answer = await callOverHttp(get(`127.0.0.1:${port}`, '/'), { timeoutMs: 150 })
    expect(answer.body).toBe('abbbbb')
    server.close()
  })

  test('nobody listens', async () => {
    await expect(ask('127.0.0.1:1', '/')).rejects.toMatchObject({ reason: 'refused' })
  })

  test('no such name', async () => {
    await expect(ask('no-such-service.invalid', '/')).rejects.toMatchObject({ reason: 'unresolved' })
  })

  test('every call takes a connection of its own', async () => {
    const clients = new Set<number>()
    const server = createServer((message, out) => out.end(String(clients.add(message.socket.remotePort!).size)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    for (let i = 0; i < 3; i++) await ask(`127.0.0.1:${port}`, '/')
    expect(clients.size).toBe(3)
    server.close()
  })
})

test('a closed host refuses', async () => {
  const host = await hostProgram(() => answerText(200, ''), podInfo('test'))
  await host.close()
  const refused = await new Promise((resolve) => connect(host.port, '127.0.0.1').once('error', resolve))
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' })
})
