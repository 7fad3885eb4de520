import { expect, test } from 'vitest'

import { Headers } from '../../ir/message.ts'
import type { HeaderValueOption } from '../../ir/route.ts'
import { LogRecord } from '../evidence.ts'
import { compileMutation } from './header-mutation.ts'
import { inlineOfRequest } from './inline-headers.ts'
import { compileFormat } from '../replies/format/format.ts'
import type { Subject } from '../replies/format/subject.ts'

const log = Object.assign(new LogRecord('a.default', 'outbound', 1500), { route: 'the-route', cluster: 'outbound|80|v1|b.default.svc.cluster.local' })

const unasked = (error: unknown): never => {
  throw error
}

function subjectOf(headers: Headers, more: Partial<Subject> = {}): Subject {
  const request = { method: 'GET', scheme: 'http' as const, authority: 'b', path: '/p?q=1', headers, body: '' }
  return {
    ...{ request, log, responseHeaders: null, answerStatus: 0, responseStatus: 0, clientTls: null, upstream: null },
    client: { remoteAddress: '10.0.0.1', connectionAddress: '10.0.0.1', localAddress: '10.96.0.1:80' },
    ...{ ownAddress: '10.0.0.1', hostname: 'a-1', now: 1700, fail: unasked },
    ...more,
  }
}

const set = (name: string, value: string): HeaderValueOption => ({ name, value, action: 'overwrite' })
const add = (name: string, value: string): HeaderValueOption => ({ name, value, action: 'append' })

test.each<[string, HeaderValueOption[], string[], string[], string[]]>([
  ['set replaces every value', [set('x', 'new')], [], ['x', 'a', 'x', 'b'], ['x', 'new']],
  ['add appends', [add('x', 'new')], [], ['x', 'a'], ['x', 'a', 'x', 'new']],
  ['add to an inline header joins', [add('user-agent', 'new')], [], ['user-agent', 'a'], ['user-agent', 'a,new']],
  ['what is removed can be added anew', [add('x', 'new')], ['x'], ['x', 'a'], ['x', 'new']],
  ['an empty value is not written', [set('x', ''), add('y', '%REQ(NOT-THERE)%')], [], ['x', 'a'], ['x', 'a']],
  ['values see the headers as they came', [set('x', 'new'), set('y', '%REQ(X)%')], [], ['x', 'a'], ['x', 'new', 'y', 'a']],
  ['replacements come before additions', [add('x', 'added'), set('x', 'set')], [], ['x', 'a'], ['x', 'set', 'x', 'added']],
])('%s', (_about, options, remove, before, after) => {
  const headers = new Headers([...before])
  compileMutation({ set: options, remove }, inlineOfRequest)!(headers, subjectOf(headers))
  expect(headers.fields).toEqual(after)
})

test('a mutation without operations is none', () => expect(compileMutation({ set: [], remove: [] }, inlineOfRequest)).toBeNull())

test.each([
  ['%REQ(:PATH)%', '/p?q=1'],
  ['%REQ(X-NOT-THERE?X-FROM)%', 'abcdef'],
  ['a-%REQ(X-FROM)%-b', 'a-abcdef-b'],
  ['a-%REQ(X-NOT-THERE)%-b', 'a--b'],
  ['%REQ(X-FROM):3%', 'abc'],
  ['100%%', '100%'],
  ['%PROTOCOL% %ROUTE_NAME% %RESPONSE_CODE%', 'HTTP/1.1 the-route 0'],
  ['%UPSTREAM_CLUSTER%', 'outbound|80|v1|b.default.svc.cluster.local;'],
  ['%START_TIME% %DURATION%', '1970-01-01T00:00:01.500Z 200'],
  ['%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_LOCAL_PORT%', '10.0.0.1 80'],
])('%s is filled in as %s', (text, filled) => expect(compileFormat(text)(subjectOf(new Headers(['x-from', 'abcdef'])))).toBe(filled))

test.each<[string, Partial<Subject>, string]>([
  ['%RESP(:STATUS)% %RESPONSE_CODE%', { responseHeaders: new Headers(), answerStatus: 418 }, '418 0'], // of the proxy's own
  ['%RESPONSE_CODE_DETAILS%', {}, ''],
  ['%UPSTREAM_PROTOCOL%', {}, ''],
  [
    '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(12)%',
    { client: { remoteAddress: '10.255.7.1', connectionAddress: '', localAddress: '' } },
    '10.240.0.0/12',
  ],
  ['%REQUESTED_SERVER_NAME% %DOWNSTREAM_PEER_URI_SAN%', { clientTls: { serverName: 'x.com', names: ['spiffe://a', 'a.com'] } }, 'x.com spiffe://a'],
])('%s of %j is filled in as %s', (text, more, filled) => expect(compileFormat(text)(subjectOf(new Headers(), more))).toBe(filled))

test.each([
  ['%DYNAMIC_METADATA(x:y)%', ''],
  ['%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:sub)%', 'jason'],
  ['%METADATA(DYNAMIC:envoy.filters.http.jwt_authn:payload:obj)%', '{"a":1,"b":[true]}'],
  ['%DYNAMIC_METADATA(["envoy.filters.http.jwt_authn", "payload", "nope"])%', ''],
])('%s of a token is filled in as %s', (text, filled) =>
  expect(compileFormat(text)(subjectOf(new Headers(), { claims: { sub: 'jason', obj: { b: [true], a: 1 } } }))).toBe(filled),
)

test.each(['%DYNAMIC_METADATA(envoy.filters.http.rbac:x)%', '%METADATA(ROUTE:istio:config)%', '%QUERY_PARAMS(DECODED)%'])(
  'that %s is not modelled is said by the request that it is asked for',
  (text) => {
    const format = compileFormat(text)
    expect(() => format(subjectOf(new Headers()))).toThrow(`the operator ${text} of a header value is not modelled`)
  },
)

test('certificates of connections with TLS are not told', () => {
  const format = compileFormat('%DOWNSTREAM_PEER_ISSUER%')
  expect(format(subjectOf(new Headers()))).toBe('')
  expect(() => format(subjectOf(new Headers(), { clientTls: { serverName: '', names: [] } }))).toThrow('of a connection with TLS is not modelled')
})
