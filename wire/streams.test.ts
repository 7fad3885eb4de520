import fc from 'fast-check'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { Headers } from '../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse, StreamMessage } from '../mesh-core/ir/message.ts'
import { CallError } from '../mesh-core/ir/program.ts'
import { framed, unframed } from './grpc-frames.ts'
import { WireClient } from './client.ts'
import type { Wire } from './wire.ts'
import { WireServer } from './server.ts'
import type { Handler } from './server.ts'

const closing: (() => unknown)[] = []
afterEach(() => Promise.all(closing.splice(0).map((close) => close())))

async function serve(handler: Handler): Promise<(request: HttpRequest) => Promise<HttpResponse | string>> {
  const server = await WireServer.start(handler)
  const client = new WireClient()
  closing.push(() => (client.closeIdle(), server.close()))
  const wire: Wire = { port: server.port, preamble: null, key: 'same', tls: null, timeoutMs: 5000, onConnected: () => {} }
  return (request) => client.send(wire, request)
}

const request = (more: Partial<HttpRequest>): HttpRequest => ({
  method: 'POST',
  scheme: 'http',
  authority: 'b',
  path: '/x',
  headers: new Headers(),
  body: '',
  ...more,
})

const message = fc.oneof(fc.string(), fc.uint8Array({ minLength: 1 }))

test('frames of gRPC come apart as they were put together', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 300 })), (messages) => {
      expect(unframed(framed(messages))).toEqual(messages)
    }),
  )
  expect(unframed(Buffer.from([0, 0, 0, 0, 9, 1]))).toBeNull()
  expect(unframed(Buffer.from([1, 0, 0, 0, 0]))).toBeNull()
})

describe('HTTP/2', () => {
  test('cookies that were divided come together', async () => {
    const seen: HttpRequest[] = []
    const send = await serve(async (received) => {
      seen.push(received)
      return { status: 200, headers: new Headers(), body: '' }
    })
    await send(request({ protocol: 'h2', headers: new Headers(['cookie', 'a=1', 'x-b', '1', 'cookie', 'b=2']) }))
    expect(seen[0]!.headers.all('cookie')).toEqual(['a=1; b=2'])
  })

  test('requests one after another, with their bodies and repeated headers', async () => {
    const seen: HttpRequest[] = []
    const send = await serve(async (received) => {
      seen.push(received)
      return { status: 201, headers: new Headers(['x-a', '1', 'x-a', '2']), body: received.body }
    })
    const large = 'ä'.repeat(200_000)
    for (const body of ['', 'text', large]) {
      const answer = await send(request({ protocol: 'h2', body, headers: new Headers(['x-b', '1', 'x-b', '2']) }))
      expect(answer).toMatchObject({ status: 201, body })
      expect((answer as HttpResponse).headers.all('x-a')).toEqual(['1', '2'])
    }
    expect(seen.map(({ protocol, authority, path }) => [protocol, authority, path])).toEqual(Array(3).fill(['h2', 'b', '/x']))
    expect(seen[0]!.headers.all('x-b')).toEqual(['1', '2'])
  })

  test('messages and trailers of gRPC', async () => {
    const send = await serve(async ({ messages = [] }) => ({
      status: 200,
      headers: new Headers(['content-type', 'application/grpc']),
      body: '',
      messages: [...messages].reverse(),
      trailers: new Headers(['grpc-status', '0']),
    }))
    const headers = new Headers(['content-type', 'application/grpc', 'te', 'trailers'])
    const answer = await send(request({ protocol: 'h2', headers, messages: ['one', 'two'] }))
    expect(answer).toMatchObject({ status: 200, body: '', messages: ['two', 'one'] })
    expect((answer as HttpResponse).trailers?.get('grpc-status')).toBe('0')
  })

  test('an answer of headers alone ends with them', async () => {
    const send = await serve(async () => ({ status: 200, headers: new Headers(['content-type', 'application/grpc', 'grpc-status', '14']), body: '' }))
    const answer = (await send(
      request({ protocol: 'h2', headers: new Headers(['content-type', 'application/grpc']), messages: ['x'] }),
    )) as HttpResponse
    expect([answer.headers.get('grpc-status'), answer.trailers]).toEqual(['14', undefined])
  })

  test('no answer', async () => {
    const send = await serve(() => Promise.reject(new CallError('closed')))
    expect(await send(request({ protocol: 'h2' }))).toBe('closed')
  })

  test('one that refuses the stream', async () => {
    const server = createServer((_, response) => response.stream.close(7))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const { port } = server.address() as AddressInfo
    const client = new WireClient()
    expect(
      await client.send({ port, preamble: null, key: null, tls: null, timeoutMs: 5000, onConnected: () => {} }, request({ protocol: 'h2' })),
    ).toBe('closed')
  })
})

describe('WebSocket', () => {
  const opening = (messages: readonly StreamMessage[]): HttpRequest =>
    request({ method: 'GET', headers: new Headers(['connection', 'Upgrade', 'upgrade', 'websocket']), messages })
  const opened = new Headers(['connection', 'Upgrade', 'upgrade', 'websocket', 'x-own', '1'])

  test('texts and bytes come back as the service has them, in order', async () => {
    const send = await serve(async () => ({ status: 101, headers: opened, body: '', converse: (messages) => messages }))
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 5 }), async (messages) => {
        const answer = (await send(opening(messages))) as HttpResponse
        expect([answer.status, answer.messages, answer.headers.get('x-own')]).toEqual([101, messages, '1'])
      }),
      { numRuns: 20 },
    )
  })

  test('a service that does not open it', async () => {
    const seen: (string | undefined)[] = []
    const send = await serve(async ({ headers }) => {
      seen.push(headers.get('upgrade'))
      return { status: 404, headers: new Headers(['x-why', 'none']), body: 'no' }
    })
    const answer = (await send(opening(['x']))) as HttpResponse
    expect([answer.status, answer.body, answer.headers.get('x-why'), answer.messages, seen]).toEqual([404, 'no', 'none', undefined, ['websocket']])
  })
})
