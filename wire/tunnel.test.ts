import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Headers } from '../mesh-core/ir/message.ts'
import { WireServer } from './server.ts'

const closing: (() => unknown)[] = []
afterEach(() => Promise.all(closing.splice(0).map((close) => close())))

/** Says the texts, each when so much has come back as what was said before asks for, and @returns all that came. */
async function talk(status: number, texts: readonly string[], until: RegExp): Promise<{ heard: string; seen: string[] }> {
  const seen: string[] = []
  const server = await WireServer.start(async ({ method, path, body }, _tls, peer) => {
    seen.push(`${method} ${path} ${body} ${peer === undefined ? 'within' : 'alone'}`)
    return { status: method === 'CONNECT' ? status : 200, headers: new Headers(['x-a', 'b']), body: `to ${method}` }
  })
  closing.push(() => server.close())
  const socket = connect(server.port, '127.0.0.1')
  closing.push(() => socket.destroy())
  let heard = ''
  await new Promise<void>((resolve) => {
    socket.on('data', (bytes) => {
      heard += bytes.toString()
      if (until.test(heard)) resolve()
      else if (texts.length > 1) socket.write(texts[1]!)
    })
    socket.write(texts[0]!)
  })
  return { heard, seen }
}

const asking = 'CONNECT a.example.com:443 HTTP/1.1\r\nHost: a.example.com:443\r\n\r\n'
const request = { protocol: 'tcp' as const, method: '', scheme: 'http' as const, authority: '', path: '', headers: new Headers(), body: '' }
const get = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n'

test.each([
  ['after the answer', [asking, get]],
  ['at once with the CONNECT', [asking + get]],
])('what comes through a tunnel is served as a connection of its own: %s', async (_, texts) => {
  const { heard, seen } = await talk(200, texts, /to GET/)
  expect(heard).toBe('HTTP/1.1 200 OK\r\nx-a: b\r\n\r\nHTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 6\r\n\r\nto GET')
  expect(seen).toEqual(['CONNECT a.example.com:443  alone', 'GET /x  within'])
})

test('a line may go through a tunnel where none is taken by itself', async () => {
  const lines = { begins: (first: Buffer) => first.toString() === 'hello\n', take: () => ({ ...request, body: 'hello' }) }
  const server = await WireServer.start(
    async ({ method, body }) => ({ status: method === 'CONNECT' ? 200 : 0, headers: new Headers(), body: `to ${body}` }),
    {
      linesWithin: lines,
    },
  )
  closing.push(() => server.close())
  const answerTo = async (socket: Socket, text: string): Promise<string> => {
    const answered = Promise.race([once(socket, 'data').then(([bytes]) => String(bytes)), sleep(200).then(() => 'nothing')])
    socket.write(text)
    return answered
  }
  const opened = (): Socket => {
    const socket = connect(server.port, '127.0.0.1')
    closing.push(() => socket.destroy())
    return socket
  }
  const tunnel = opened()
  expect(await answerTo(tunnel, asking)).toMatch(/^HTTP\/1\.1 200 /)
  expect(await answerTo(tunnel, 'hello\n')).toBe('to hello')
  expect(await answerTo(opened(), 'hello\n')).toBe('nothing')
})

test('a CONNECT that is refused is answered as any request', async () => {
  const { heard } = await talk(403, [asking], /to CONNECT/)
  expect(heard).toBe('HTTP/1.1 403 Forbidden\r\nx-a: b\r\ncontent-length: 10\r\n\r\nto CONNECT')
})

test('a tunnel of HTTP/2 ends with its client', async () => {
  const server = await WireServer.start(async ({ method }) => ({ status: 200, headers: new Headers(), body: `to ${method}` }))
  closing.push(() => server.close())
  const session = connectHttp2(`http://127.0.0.1:${server.port}`)
  closing.push(() => session.destroy())
  const stream = session.request({ ':method': 'CONNECT', ':authority': 'a.example.com:443' }, { endStream: false })
  stream.write(get)
  const [answer] = (await once(stream, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*to GET$/)
  stream.end()
  await once(stream, 'end')
})
