import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Headers } from '../../../mesh-core/ir/message.ts'
import { WireServer } from '../../../wire/server.ts'
import { headerLength, proxyHeader } from './proxy-protocol.ts'

const place = (port: number) => ({ address: '10.244.0.2', port })
const header = proxyHeader({ source: place(1), destination: place(2), lands: ['127.0.0.1:40123'] })

test.each([
  ['a header', header, header.length],
  ['a header and more', Buffer.concat([header, Buffer.from('GET /')]), header.length],
  ['its beginning', header.subarray(0, 7), null],
  ['all but its end', header.subarray(0, -1), null],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n'), 0],
  ['empty lines before HTTP', Buffer.from('\r\n\r\nGET /'), 0],
  ['TLS', Buffer.from([0x16, 3, 1]), 0],
] as const)('how long a header is: %s', (_, bytes, length) => expect(headerLength(bytes)).toBe(length))

test('addresses of two families are told as those of IPv6', () => {
  const mixed = proxyHeader({ source: place(1), destination: { address: '2001:db8::9', port: 80 }, lands: [] })
  expect(mixed.subarray(12).toString('hex')).toBe(
    ['2121', '0024', '00000000000000000000ffff0af40002', '20010db8000000000000000000000009', '0001', '0050'].join(''),
  )
})

const request = Buffer.from('GET /x HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n')

test.each([
  ['whole', [Buffer.concat([header, request])]],
  ['before the request', [header, request]],
  ['in pieces', [header.subarray(0, 5), header.subarray(5, 20), Buffer.concat([header.subarray(20), request.subarray(0, 9)]), request.subarray(9)]],
  ['not at all', [request]],
])('a server leaves out the header that comes %s', async (_, pieces) => {
  const server = await WireServer.start(async ({ path }) => ({ status: 200, headers: new Headers(), body: `got ${path}` }), {
    preamble: headerLength,
  })
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true })
  const heard: Buffer[] = []
  const ended = new Promise((resolve) => socket.on('data', (bytes: Buffer) => heard.push(bytes)).once('close', resolve))
  for (const piece of pieces) {
    socket.write(piece)
    await sleep(5)
  }
  await ended
  expect(Buffer.concat(heard).toString()).toMatch(/^HTTP\/1\.1 200[^]*got \/x$/)
  await server.close()
})
