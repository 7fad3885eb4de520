import { describe, expect, test } from 'vitest'
import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpRequest } from '../../mesh-core/ir/message.ts'
import { ScriptedContext } from '../scripted-context.ts'
import { withBehaviour } from './behaviour.ts'
import { createEcho } from './echo.ts'

const pod = { name: 'shop-v2-0', namespace: 'prod', app: 'shop', version: 'v2' }
const call = (path: string, messages: readonly string[], more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  scheme: 'http',
  authority: 'shop',
  path,
  headers: new Headers(['content-type', 'application/grpc']),
  body: '',
  protocol: 'h2',
  messages,
  ...more,
})
const answered = async (request: HttpRequest, echo = createEcho()) => echo(request, new ScriptedContext(undefined, { pod }))

describe('gRPC', () => {
  test.each([
    ['/shop.Stock/Get', ['tea'], ['shop-v2 tea']],
    ['/shop.Stock/Chat', ['tea', 'milk'], ['shop-v2 tea', 'shop-v2 milk']],
    ['/shop.Stock/Repeat', ['tea'], ['shop-v2 tea', 'shop-v2 tea', 'shop-v2 tea']],
    ['/shop.Stock/Join', ['tea', 'milk'], ['shop-v2 tea milk']],
  ])('%s of %j', async (path, messages, answers) => {
    const { status, trailers, messages: seen } = await answered(call(path, messages))
    expect([status, trailers?.get('grpc-status'), seen]).toEqual([200, '0', answers])
  })

  test('over HTTP/1.1 it is a request as any other', async () => {
    const { protocol: _, ...request } = call('/shop.Stock/Get', [])
    expect((await answered(request)).headers.get('content-type')).toBe('application/json')
  })

  test('a status in place of an answer, for gRPC alone', async () => {
    const echo = withBehaviour(createEcho(), { grpcStatus: 14, first: 2 })
    const ill = await answered(call('/shop.Stock/Get', ['tea']), echo)
    expect([ill.status, ill.headers.get('grpc-status'), ill.messages, ill.trailers]).toEqual([200, '14', undefined, undefined])
    expect((await answered(call('/', [], { headers: new Headers() }), echo)).headers.has('grpc-status')).toBe(false)
    expect((await answered(call('/shop.Stock/Get', ['tea']), echo)).messages).toEqual(['shop-v2 tea'])
  })
})

test('a WebSocket is opened, and its texts are answered; bytes come back as they are', async () => {
  const opened = await answered(call('/room', [], { headers: new Headers(['connection', 'Upgrade', 'upgrade', 'websocket']) }))
  expect(opened.status).toBe(101)
  expect(opened.converse?.(['hello', new Uint8Array([1, 2])])).toEqual(['shop-v2 hello', new Uint8Array([1, 2])])
})
