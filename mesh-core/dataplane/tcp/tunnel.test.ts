import { expect, test } from 'vitest'
import { opensTunnel, requestFor } from './tunnel.ts'

const tunnel = { method: 'CONNECT' as const, target: 'www.example.com:443' }

test.each([
  ['http1', undefined],
  ['http2', 'h2'],
  ['client', 'h2'],
] as const)('where a cluster speaks %s, it is asked for by %s', (http, protocol) => {
  expect(requestFor(tunnel, http).protocol).toBe(protocol)
})

test.each([
  ['http1', [200, 201, 204, 299], [199, 301, 404, 503]],
  ['http2', [200], [201, 204, 301, 404, 503]],
] as const)('over %s %o open it, %o do not', (http, good, bad) => {
  const request = requestFor(tunnel, http)
  expect(good.filter((status) => !opensTunnel(request, status))).toEqual([])
  expect(bad.filter((status) => opensTunnel(request, status))).toEqual([])
})
