import { expect, test } from 'vitest'
import { assertHttp } from './request-line.ts'

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
