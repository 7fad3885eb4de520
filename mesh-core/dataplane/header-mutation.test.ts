import { expect, test } from 'vitest'

import { Headers } from '../ir/message.ts'
import type { HeaderValueOption } from '../ir/route.ts'
import { LogRecord } from './evidence.ts'
import { compileMutation } from './header-mutation.ts'
import { inlineOfRequest } from './inline-headers.ts'
import { compileFormat } from './substitution.ts'

const log = Object.assign(new LogRecord('a.default', 'outbound', 1500), { route: 'the-route', cluster: 'outbound|80|v1|b.default.svc.cluster.local' })

function subjectOf(headers: Headers) {
  const request = { method: 'GET', scheme: 'http' as const, authority: 'b', path: '/p?q=1', headers, body: '' }
  return {
    request,
    responseHeaders: null,
    responseStatus: 0,
    log,
    client: { remoteAddress: '10.0.0.1', connectionAddress: '10.0.0.1', localAddress: '10.96.0.1:80' },
    hostname: 'a-1',
    now: 1700,
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
  ['blanks around a value are nobody’s', [set('x', ' a\tb '), add('y', ' %REQ(X)%')], [], ['x', 'a'], ['x', 'a\tb', 'y', 'a']],
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

test('an operator that is not modelled is said so', () => {
  expect(() => compileFormat('%DYNAMIC_METADATA(x)%')).toThrow('the operator %DYNAMIC_METADATA% of a header value is not modelled')
})
