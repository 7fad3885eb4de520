import { connect as connectHttp2 } from 'node:http2'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createSecureContext } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { CertificateAuthority } from '../mesh-core/identity/certificate-authority.ts'
import { Headers } from '../mesh-core/ir/message.ts'
import type { HttpRequest } from '../mesh-core/ir/message.ts'
import { CallError } from '../mesh-core/ir/program.ts'
import { WireClient } from './client.ts'
import type { Wire } from './wire.ts'
import { WireServer } from './server.ts'
import type { Handler } from './server.ts'
import type { Certify } from './tls-server.ts'

const authority = await CertificateAuthority.create('tests')
const certify: Certify = async (name) => {
  const { certificateChain, privateKey } = await authority.issue({ commonName: name, dnsNames: [name] })
  return createSecureContext({ cert: certificateChain, key: privateKey })
}

const closing: (() => unknown)[] = []
afterEach(() => Promise.all(closing.splice(0).map((close) => close())))

const echo: Handler = async ({ path, body }) => ({ status: 200, headers: new Headers(), body: path + body })
const request = (path: string, body = ''): HttpRequest => ({ method: 'POST', scheme: 'http', authority: 'b', path, headers: new Headers(), body })

async function serve(handler: Handler): Promise<{ wire: Wire; client: WireClient; peers: string[] }> {
  const server = await WireServer.start(handler, { tls: () => ({ accepts: 'either', certificate: 'any', clientAuthorities: null }), certify })
  const client = new WireClient()
  const peers: string[] = []
  closing.push(() => (client.closeIdle(), server.close()))
  const onConnected = (address: string) => peers.push(address)
  return { wire: { port: server.port, preamble: null, key: 'same', tls: null, timeoutMs: 5000, onConnected }, client, peers }
}

test('a connection carries requests one after another, and each is told of it', async () => {
  const { wire, client, peers } = await serve(echo)
  for (const path of ['/1', '/2', 'no slash']) expect(await client.send(wire, request(path, 'ä'))).toMatchObject({ status: 200, body: `${path}ä` })
  expect(peers).toHaveLength(3)
  expect(new Set(peers).size).toBe(1)
})

test('requests at once have connections of their own, and so has one that asks for it', async () => {
  const { wire, client, peers } = await serve(echo)
  await Promise.all([client.send(wire, request('/1')), client.send(wire, request('/2'))])
  await client.send({ ...wire, key: null }, request('/3'))
  expect(new Set(peers).size).toBe(3)
})

test('a 101 that nobody has asked for is an answer', async () => {
  const { wire, client } = await serve(async () => ({ status: 101, headers: new Headers(['x-who', 'b']), body: '' }))
  const answer = await client.send(wire, request('/', 'a'))
  expect(answer).toMatchObject({ status: 101, body: '' })
  expect((answer as { headers: Headers }).headers.get('x-who')).toBe('b')
})

test('after a 204 with a body there is a new one', async () => {
  const { wire, client } = await serve(echo)
  const server = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.write('HTTP/1.1 204 No Content\r\n\r\nthe body')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const { port } = server.address() as AddressInfo
  for (let i = 0; i < 3; i++) expect(await client.send({ ...wire, port }, request('/'))).toMatchObject({ status: 204, body: '' })
})

test('after a change there are new ones', async () => {
  const { wire, client, peers } = await serve(echo)
  await client.send(wire, request('/1'))
  client.closeIdle()
  await client.send(wire, request('/2'))
  expect(new Set(peers).size).toBe(2)
})

test.each([
  ['closed', () => Promise.reject(new CallError('closed'))],
  ['timeout', () => new Promise<never>(() => {})],
] as const)('%s', async (reason, handler) => {
  const { wire, client } = await serve(handler)
  expect(await client.send({ ...wire, timeoutMs: 50 }, request('/'))).toBe(reason)
})

test('a program that breaks off a connection with TLS', async () => {
  const { wire, client } = await serve(() => Promise.reject(new CallError('closed')))
  const tls = { serverName: 'b', trusts: authority.certificate }
  expect(await client.send({ ...wire, key: null, tls }, { ...request('/'), scheme: 'https' })).toBe('closed')
})

test('refused', async () => {
  const free = createServer()
  const port = await new Promise<number>((resolve) => free.listen(0, '127.0.0.1', () => resolve((free.address() as AddressInfo).port)))
  await new Promise((resolve) => free.close(resolve))
  const wire = { port, preamble: null, key: null, tls: null, timeoutMs: 5000, onConnected: () => {} }
  expect(await new WireClient().send(wire, request('/'))).toBe('refused')
})

test('HTTP/2 under TLS', async () => {
  const { wire } = await serve(echo)
  const session = connectHttp2(`https://localhost:${wire.port}`, { rejectUnauthorized: false })
  closing.push(() => session.destroy())
  const status = await new Promise<unknown>((resolve, reject) => {
    session.once('error', reject)
    session
      .request({ ':path': '/' })
      .once('response', (headers) => resolve(headers[':status']))
      .end()
  })
  expect(status).toBe(200)
})

test('a server that answers TLS in plain text is told as OpenSSL tells it, and is left at once', async () => {
  let isLeft = (): void => {}
  const left = new Promise<void>((resolve) => (isLeft = resolve))
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')).once('error', () => {})
    socket.once('end', isLeft).once('close', isLeft)
  })
  closing.push(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const wire: Wire = { port, preamble: null, key: null, tls: { serverName: 'b' }, timeoutMs: 5000, onConnected: () => {} }
  expect(await new WireClient().send(wire, request('/'))).toMatch(/^tls: WRONG_VERSION_NUMBER$/)
  await left
})
