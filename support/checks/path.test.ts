import { expect, test } from 'vitest'
import type { Exchange, Hop } from '../../mesh-core/ir/exchange.ts'
import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpRequest } from '../../mesh-core/ir/message.ts'
import { parseServiceRef } from '../sentences/service-ref.ts'
import { unknownHop } from '../targets/cluster/unknown-hop.ts'
import type { CheckContext } from './check.ts'
import { usesMutualTls } from './mutual-tls.ts'
import { takesPath } from './path.ts'

function request(headers: Record<string, string> = {}): HttpRequest {
  return { method: 'GET', scheme: 'http', authority: 'shop', path: '/', headers: Headers.of(headers), body: '' }
}

/** `client-v1` of namespace default asks `shop:v2`. */
function exchange(headers: Record<string, string> = {}): Exchange {
  const hop: Hop = {
    ...unknownHop,
    ...{
      from: { namespace: 'default', name: 'client-v1', instance: 'client-v1-0' },
      to: { namespace: 'default', name: 'shop-v2', instance: 'shop-v2-0' },
    },
    ...{ app: 'shop', version: 'v2', parent: -1, received: request(headers) },
  }
  return { request: request(), response: null, error: null, durationMs: 1, hops: [hop] }
}

const context = { capabilities: new Set(['path', 'received']), locate: () => ({ file: '', position: null }), behind: null } as unknown as CheckContext

test.each([
  ['client -> shop', true],
  ['client:v1 -> shop:v2', true],
  ['client.default -> shop', true],
  ['client:v9 -> shop', false],
  ['client.prod -> shop', false],
  ['other -> shop', false],
  ['client -> shop:v1', false],
])('the path %s', (path, isTaken) => expect(takesPath(path)([exchange()], context) === undefined).toBe(isTaken))

test.each([
  ['client', {}, false],
  ['client', { 'x-forwarded-client-cert': 'By=spiffe://a;Hash=1;URI=spiffe://b' }, true],
  ['client:v1', { 'x-forwarded-client-cert': 'By=spiffe://a;URI=spiffe://b' }, true],
])('mutual TLS from %s, with %j', (from, headers, isMutual) => {
  const check = usesMutualTls(parseServiceRef(from), parseServiceRef('shop'))
  expect(check([exchange(headers)], context) === undefined).toBe(isMutual)
})

test('mutual TLS from a version that has sent nothing', () => {
  const check = usesMutualTls(parseServiceRef('client:v9'), parseServiceRef('shop'))
  expect(() => check([exchange()], context)).toThrow('nothing went from client:v9 to shop')
})
