import { createServer as createHttpServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CertificateAuthority } from '../../../../mesh-core/identity/certificate-authority.ts'
import { HttpJson, saidIn } from './http-json.ts'
import type { HttpJsonOptions } from './http-json.ts'
import type { SourceFailure } from './source-failure.ts'

const host = 'https://observed.example'
const servers: Server[] = []
beforeEach(() => {
  if (!nock.isActive()) nock.activate()
})
afterEach(() => {
  nock.cleanAll()
  nock.restore()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const source = (url = host, options: HttpJsonOptions = {}): HttpJson => new HttpJson('Prometheus', url, { backoffMs: 5, timeoutMs: 2000, ...options })

async function failing(asked: Promise<unknown>): Promise<SourceFailure> {
  return asked.then(
    (answer) => expect.fail(`answered ${JSON.stringify(answer)}`),
    (error: SourceFailure) => error,
  )
}

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A real server, for what nock has no connection to show with. */
async function served(answer: RequestListener): Promise<string> {
  nock.restore()
  return `http://127.0.0.1:${await listen(createHttpServer(answer))}`
}

describe('what it answers', () => {
  test.each([
    [400, { status: 'error', error: 'parse error: unexpected end' }, 'cannot answer the question (400): parse error: unexpected end', null],
    [401, 'Unauthorized', 'does not take the credentials (401): Unauthorized', /MESHSPEC_TELEMETRY_TOKEN/],
    [403, '<html>no</html>', 'does not permit the question (403)', /MESHSPEC_TELEMETRY_TOKEN/],
    [404, '404 page not found', 'has no /api/v1/query (404): 404 page not found', /is the URL the one of its API/],
    [409, '', 'answered 409', null],
    [410, '', 'answered 410', null],
    [422, { status: 'error', error: 'query timed out in expression evaluation' }, 'cannot answer the question (422): query timed out', null],
    [429, 'slow down', 'has too much to do (429): slow down', null],
    [500, { errors: [{ code: 500, msg: 'storage is closed' }] }, 'answered 500: storage is closed', null],
    [503, '', 'answered 503', null],
  ])('%i', async (code, body, text, hint) => {
    nock(host).get('/api/v1/query').times(3).reply(code, body)
    const failure = await failing(source().get('/api/v1/query'))
    expect(failure).toMatchObject({ name: 'SourceFailure', status: code, source: `Prometheus at ${host}` })
    expect(failure.message).toContain(text)
    const error = failure.toError()
    expect(error).toMatchObject({ code: 'TELEMETRY_FAILED', message: expect.stringContaining(`Prometheus at ${host} ${text}`) })
    if (hint) expect(error.details.hint).toMatch(hint)
  })

  test.each([429, 502, 503, 504])('%i once: it is asked again', async (code) => {
    nock(host).get('/x').reply(code)
    nock(host).get('/x').reply(200, { fine: true })
    expect(await source().get('/x')).toEqual({ fine: true })
  })

  test('a page instead of JSON', async () => {
    nock(host).get('/x').reply(200, '<html>Sign in</html>')
    expect((await failing(source().get('/x'))).message).toContain('no JSON')
  })

  test('a redirect is not followed, with credentials or without', async () => {
    const elsewhere = nock('https://evil.example').get('/x').reply(200, {})
    nock(host).get('/x').reply(302, '', { location: 'https://evil.example/x?a=1' })
    const failure = await failing(source('https://user:secret@observed.example').get('/x'))
    expect(failure.message).toContain('redirects to evil.example (302)')
    expect(elsewhere.isDone()).toBe(false)
  })
})

describe('credentials', () => {
  test.each([
    ['https://user:p%40ss@observed.example', {}, `Basic ${Buffer.from('user:p@ss').toString('base64')}`],
    [host, { token: 'token-4711' }, 'Bearer token-4711'],
  ])('%s', async (url, options, wanted) => {
    nock(host, { reqheaders: { authorization: wanted } })
      .get('/x')
      .reply(200, {})
    expect(await source(url, options).get('/x')).toEqual({})
  })

  test.each([
    ['https://user:p%40ss@observed.example', {}],
    [host, { token: 'token-4711' }],
  ])('no message holds them, though the server says what it was told: %s', async (url, options) => {
    nock(host)
      .get('/x')
      .reply(401, function () {
        const given = String(this.req.headers['authorization'])
        return `no: ${given}, ${given.replace(/^\w+ /, '')}${'token' in options ? '' : ', p@ss'}`
      })
    const failure = await failing(source(url, options).get('/x'))
    expect(JSON.stringify([String(failure.toError()), failure])).not.toMatch(/p%40ss|p@ss|token-4711|user|dXNlcj/)
  })
})

describe('no answer', () => {
  test.each(['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET'])('%s', async (code) => {
    nock(host)
      .get('/x')
      .times(3)
      .replyWithError(Object.assign(new Error(code), { code }))
    const failure = await failing(source().get('/x'))
    expect(failure).toMatchObject({ status: null, message: `does not answer (${code})` })
    expect(failure.toError().details.hint).toMatch(/is it running/)
  })

  test('slow', async () => {
    const url = await served(() => {})
    expect((await failing(source(url, { timeoutMs: 40 }).get('/x'))).message).toBe('does not answer within 0.04 s')
  })

  test('cut off', async () => {
    let asked = 0
    const url = await served((_, out) => {
      asked++
      out.writeHead(200, { 'content-length': '100' }).write('{"fi')
      setTimeout(() => out.destroy(), 10)
    })
    expect((await failing(source(url).get('/x'))).message).toBe('broke its answer off')
    expect(asked).toBe(3)
  })

  test('a certificate that cannot be verified', async () => {
    nock.restore()
    const authority = await CertificateAuthority.create('another')
    const { certificateChain, privateKey } = await authority.issue({ commonName: 'localhost', dnsNames: ['localhost'] })
    const port = await listen(createTlsServer({ cert: certificateChain, key: privateKey }, (_, out) => out.end('{}')))
    const failure = await failing(source(`https://localhost:${port}`).get('/x'))
    expect(failure.message).toMatch(/certificate that cannot be verified \(\w+\); NODE_EXTRA_CA_CERTS/)
  })
})

test.each([
  ['{"error":"a"}', 'a'],
  ['{"message":"b"}', 'b'],
  ['{"errors":[{"msg":"c"}]}', 'c'],
  ['{}', ''],
  ['<html>', ''],
  ['plain\n', 'plain'],
])('%s says %j', (body, said) => expect(saidIn(body)).toBe(said))
