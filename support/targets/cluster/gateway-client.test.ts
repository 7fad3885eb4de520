import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import nock from 'nock'
import { afterEach, describe, expect, test } from 'vitest'
import type { Call } from '../target.ts'
import { GatewayClient } from './gateway-client.ts'
import type { GatewayClientOptions } from './gateway-client.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = null
  nock.cleanAll()
  nock.restore()
})

async function serve(answer: (message: IncomingMessage, out: ServerResponse) => void, options: GatewayClientOptions = {}): Promise<GatewayClient> {
  server = createServer(answer)
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return new GatewayClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, options)
}

const call = (target: string, more: Partial<Call> = {}): Call => ({ from: { kind: 'client' }, method: 'GET', target, headers: {}, body: '', ...more })

/** What arrives at the gateway: the request line, and the headers without the connection's. */
async function arriving(sent: Call): Promise<{ line: string; headers: [string, string][]; body: string }> {
  let arrived: { line: string; headers: [string, string][]; body: string } | undefined
  const client = await serve((message, out) => {
    let body = ''
    message.on('data', (chunk) => (body += chunk))
    message.on('end', () => {
      const pairs = message.rawHeaders.flatMap((name, i) =>
        i % 2 === 0 ? [[name.toLowerCase(), message.rawHeaders[i + 1]!] as [string, string]] : [],
      )
      arrived = { line: `${message.method} ${message.url}`, headers: pairs.filter(([name]) => name !== 'connection'), body }
      out.end()
    })
  })
  await client.send(sent)
  return arrived!
}

test('a gateway that says nothing is waited for no longer than that', async () => {
  const client = await serve(() => {}, { patienceMs: 50 })
  expect(await client.send(call('/'))).toMatchObject({ response: null, error: 'timeout' })
})

test.each([
  ['HTTP/1.1', {}],
  ['HTTP/1.1 with a body', { method: 'POST', body: 'a' }],
  ['HTTP/1.0', { protocol: 'http/1.0' }],
] as const)('the time of an answer begins with its connection: %s', async (_, more) => {
  const client = await serve((_message, out) => void setTimeout(() => out.end('late'), 120))
  const sent = client.send(call('/', more))
  busy(300)
  const { durationMs } = await sent
  expect(durationMs).toBeGreaterThan(110)
  expect(durationMs).toBeLessThan(300)
})

/** As a client is that has others to send. */
function busy(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

test('where no connection comes about, it begins with the first try', async () => {
  const client = await serve(() => {}, { mayRefuse: true })
  await new Promise((resolve) => server!.close(resolve))
  expect(await client.send(call('/'))).toMatchObject({ error: 'refused', durationMs: expect.toSatisfy((ms: number) => ms >= 0 && ms < 5000) })
})

describe('what is sent', () => {
  test.each([
    ['/productpage', 'GET /productpage'],
    ['http://shop.example.com/a?b=1', 'GET /a?b=1'],
    ['http://shop.example.com', 'GET /'],
    ['/a/../b//c/./d', 'GET /a/../b//c/./d'],
    ['/a%2Fb%20c?x=%26&y', 'GET /a%2Fb%20c?x=%26&y'],
  ])('%s', async (target, line) => {
    expect((await arriving(call(target))).line).toBe(line)
  })

  test('a URL names the Host, and so does a host header', async () => {
    const host = async (sent: Call) => (await arriving(sent)).headers.filter(([name]) => name === 'host')
    expect(await host(call('http://shop.example.com:81/a'))).toEqual([['host', 'shop.example.com:81']])
    expect(await host(call('http://shop.example.com/a', { headers: { host: 'other' } }))).toEqual([['host', 'other']])
  })

  test('headers of the scenario and a request id, nothing else', async () => {
    const { headers } = await arriving(call('/', { headers: { 'end-user': 'jason', 'x-twice': ['a', 'b'], 'x-empty': '' } }))
    const others = headers.filter(([name]) => name !== 'host')
    expect(others.filter(([name]) => name !== 'x-request-id')).toEqual([
      ['end-user', 'jason'],
      ['x-twice', 'a'],
      ['x-twice', 'b'],
      ['x-empty', ''],
    ])
    expect(others.find(([name]) => name === 'x-request-id')?.[1]).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('a body as it is, without a content type of its own', async () => {
    const { line, headers, body } = await arriving(call('/orders', { method: 'POST', body: '{"a":"ü"}', headers: { 'x-request-id': 'mine' } }))
    expect([line, body]).toEqual(['POST /orders', '{"a":"ü"}'])
    expect(Object.fromEntries(headers)).toMatchObject({ 'content-length': '10', 'x-request-id': 'mine' })
    expect(Object.fromEntries(headers)).not.toHaveProperty('content-type')
  })
})

describe('what comes back', () => {
  test('status, headers one by one, body; redirects are not followed', async () => {
    const client = await serve((_, out) => {
      out.writeHead(302, ['location', '/next', 'set-cookie', 'a=1', 'set-cookie', 'b=2', 'content-type', 'application/json'])
      out.end('{"not":"parsed"}')
    })
    const { response, error, request } = await client.send(call('/', { headers: { 'x-request-id': 'kept' } }))
    expect(error).toBeNull()
    expect([response!.status, response!.body, response!.headers.get('location')]).toEqual([302, '{"not":"parsed"}', '/next'])
    expect(response!.headers.all('set-cookie')).toEqual(['a=1', 'b=2'])
    expect(request.headers.get('x-request-id')).toBe('kept')
  })

  test('every request takes a connection of its own', async () => {
    const ports = new Set<number>()
    const client = await serve((message, out) => out.end(String(ports.add(message.socket.remotePort!).size)))
    for (let i = 0; i < 3; i++) await client.send(call('/'))
    expect(ports.size).toBe(3)
  })

  test('a duration of the wall clock', async () => {
    const client = await serve((_, out) => void setTimeout(() => out.end(), 80))
    expect((await client.send(call('/'))).durationMs).toBeGreaterThan(75)
  })

  test('a connection that is closed is an outcome', async () => {
    const client = await serve((message) => message.socket.destroy())
    expect(await client.send(call('/'))).toMatchObject({ response: null, error: 'closed' })
  })
})

describe('a broken target', () => {
  test('nobody listens', async () => {
    const sent = new GatewayClient('http://127.0.0.1:1').send(call('/'))
    await expect(sent).rejects.toMatchObject({ name: 'MeshSpecError', code: 'TARGET_UNREACHABLE' })
  })

  test.each(['ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT'])('%s', async (code) => {
    nock.activate()
    nock('http://gateway.example')
      .get('/')
      .replyWithError(Object.assign(new Error(code), { code }))
    await expect(new GatewayClient('http://gateway.example').send(call('/'))).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' })
  })

  test('https through a gateway that speaks http', async () => {
    await expect(new GatewayClient('http://127.0.0.1:1').send(call('https://shop/'))).rejects.toMatchObject({ capability: 'gateway-calls' })
  })
})

test.each([
  ['no text', {}, Buffer.from([0x89, 0x50, 0xff]), '\x89P\xff'],
  ['compressed by gzip', { 'content-encoding': 'gzip' }, gzipSync('süß'), 'süß'],
  ['compressed by brotli', { 'content-encoding': 'br' }, brotliCompressSync('süß'), 'süß'],
  ['said to be compressed, and is not', { 'content-encoding': 'gzip' }, Buffer.from('plain'), 'plain'],
])('an answer that is %s is shown as it was', async (_, headers, body, shown) => {
  const client = await serve((_message, out) => void out.writeHead(200, headers).end(body))
  const { response } = await client.send(call('/'))
  expect(response).toMatchObject({ status: 200, body: shown })
  expect(response?.headers.get('content-encoding')).toBe((headers as Readonly<Record<string, string>>)['content-encoding'])
})
