import { describe, expect, test } from 'vitest'
import { bytesOfRequest, bytesOfResponse, framingOfRequest, framingOfResponse, requestOf, responseOf } from './http1.ts'
import { Headers } from '../mesh-core/ir/message.ts'
import { MessageReader, NotHttp } from './message-reader.ts'
import { textOf } from './text.ts'

const latin = (text: string) => Buffer.from(text, 'latin1')

/** Fed byte by byte, as the network may. */
function read(text: string, reader = new MessageReader(framingOfRequest)): { start: string; body: string }[] {
  const messages = []
  for (const byte of latin(text)) {
    reader.push(Buffer.from([byte]))
    for (let message = reader.take(); message; message = reader.take()) messages.push({ start: message.start, body: message.body.toString('latin1') })
  }
  return messages
}

describe('requests', () => {
  test.each([
    ['without a body', 'GET / HTTP/1.1\r\nhost: b\r\n\r\n', [{ start: 'GET / HTTP/1.1', body: '' }]],
    ['with a length', 'PUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPUT', [{ start: 'PUT / HTTP/1.1', body: 'abc' }]],
    [
      'in chunks, with an extension and a trailer',
      'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nt: u\r\n\r\n',
      [{ start: 'PUT / HTTP/1.1', body: 'abc0123456789' }],
    ],
    [
      'one after another',
      'GET /1 HTTP/1.1\r\n\r\nPUT /2 HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /3 HTTP/1.1\r\n\r\n',
      [
        { start: 'GET /1 HTTP/1.1', body: '' },
        { start: 'PUT /2 HTTP/1.1', body: '' },
        { start: 'GET /3 HTTP/1.1', body: '' },
      ],
    ],
  ])('%s', (_, bytes, wanted) => expect(read(bytes)).toEqual(wanted))

  test.each(['GET / HTTP/1.1\r\nno field\r\n\r\n', 'PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nx\r\n'])('what is no HTTP: %j', (bytes) =>
    expect(() => read(bytes)).toThrow(NotHttp),
  )

  test.each([
    ['a path that has no slash in front', 'GET x/y HTTP/1.1\r\nhost: b\r\n\r\n', 'x/y'],
    ['a path with bytes beyond ASCII', 'GET /\xc3\xa4 HTTP/1.1\r\nhost: b\r\n\r\n', '/ä'],
    ['a path that is no UTF-8', 'GET /\xe4 HTTP/1.1\r\nhost: b\r\n\r\n', '/ä'],
  ])('%s', (_, bytes, path) => {
    const reader = new MessageReader(framingOfRequest)
    reader.push(latin(bytes))
    expect(requestOf(reader.take()!, 'http').path).toBe(path)
  })

  test('are written as they are read', () => {
    const headers = new Headers(['a', '1', 'a', 'ä', 'transfer', ' '])
    const request = { method: 'POST', scheme: 'http', authority: 'b:80', path: 'x?ß', headers, body: 'ü' } as const
    const reader = new MessageReader(framingOfRequest)
    reader.push(bytesOfRequest(request))
    const { headers: arrived, ...rest } = requestOf(reader.take()!, 'http')
    expect(rest).toEqual({ method: 'POST', scheme: 'http', authority: 'b:80', path: 'x?ß', body: 'ü' })
    expect([...arrived.entries()]).toEqual([
      ['a', '1'],
      ['a', 'ä'],
      ['transfer', ''],
      ['content-length', '2'],
    ])
  })
})

describe('answers', () => {
  const readerFor = (method: string) => new MessageReader((head) => framingOfResponse(head, method))

  test.each([
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', 2],
    ['HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nHTTP/1.1 304 \r\ncontent-length: 5\r\n\r\n', 2],
    ['GET', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx', 2],
    ['GET', 'HTTP/1.1 200 OK\r\n\r\nno length, no end', 0],
  ])('of %s: %j', (method, bytes, count) => expect(read(bytes, readerFor(method))).toHaveLength(count))

  test('without a length end with their connection', () => {
    const reader = readerFor('GET')
    reader.push(latin('HTTP/1.1 200 OK\r\n\r\nall'))
    expect(reader.take()).toBeNull()
    reader.end()
    expect(responseOf(reader.take()!)).toMatchObject({ status: 200, body: 'all' })
  })

  test.each([
    ['a body', 'GET', 200, 'x', /content-length: 1\r\n\r\nx$/],
    ['no body where none may be', 'GET', 204, 'x', /^HTTP\/1.1 204 No Content\r\na: b\r\n\r\n$/],
    ['the length alone', 'HEAD', 200, '', /content-length: 7\r\n\r\n$/],
  ])('are written with %s', (_, method, status, body, wanted) => {
    const headers = new Headers(['a', 'b', 'content-length', '7', 'connection', 'close'])
    expect(bytesOfResponse({ status, headers, body }, method).toString()).toMatch(wanted)
  })
})

test.each([
  ['abc', 'abc'],
  ['\xc3\xa4', 'ä'],
  ['\xe4', 'ä'],
  ['\xef\xbb\xbfx', '\ufeffx'],
])('the bytes %j are %j', (bytes, text) => expect(textOf(bytes)).toBe(text))
