import { expect, test } from 'vitest'
import { assertHttp, requestLine, requestLinePattern } from './request-line.ts'

test.each([
  ['"GET /productpage"', { method: 'GET', target: '/productpage' }],
  ["'GET /productpage'", { method: 'GET', target: '/productpage' }],
  [`"GET /it's"`, { method: 'GET', target: "/it's" }],
  [`'POST /say?"hi"'`, { method: 'POST', target: '/say?"hi"' }],
  ["'GET http://shop/ HTTP/2'", { method: 'GET', target: 'http://shop/', version: '2' }],
  ['"GET http://shop/ HTTP/1.0"', { method: 'GET', target: 'http://shop/', version: '1.0' }],
])('%s is a request', (text, request) => {
  const [all, ...groups] = requestLinePattern.exec(text)!
  expect(all).toBe(text)
  expect(requestLine(...groups)).toEqual(request)
})

test.each([`"GET /a'`, "'get /a'", '"GET a b"'])('%s is none', (text) =>
  expect(new RegExp(`^(?:${requestLinePattern.source})$`).test(text)).toBe(false),
)

test.each(['/productpage', 'http://shop/', 'HTTPS://shop:8443/', 'shop/?next=ftp://elsewhere'])('%s is asked for over HTTP', (target) => {
  expect(() => assertHttp(target)).not.toThrow()
})

test.each([
  ['tcp://db:5432', 'over TCP to'],
  ['grpcs://stock/shop.Stock/Get', 'calls "grpc:'],
  ['wss://chat/', 'opens a WebSocket'],
  ['ftp://files/', 'GET http://'],
])('%s is told of with the sentence that is meant', (target, hint) => {
  expect(() => assertHttp(target)).toThrow(hint)
})
