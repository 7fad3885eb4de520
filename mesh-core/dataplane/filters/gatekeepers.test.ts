import { expect, test } from 'vitest'
import type { PasswordFilter } from '../../ir/inserted-filter.ts'
import { Headers, type HttpRequest } from '../../ir/message.ts'
import { SeededRandom } from '../../time/seeded-random.ts'
import { askOrigin } from './origin-filter.ts'
import { askPassword } from './password-filter.ts'

const request = (method: string, fields: string[]): HttpRequest => ({
  ...{ method, scheme: 'http', authority: 'b', path: '/x?y', body: '' },
  headers: new Headers(fields),
})

const users = { jason: '5en6G6MezRroT3XKqkdPOmY/BfQ=' }
const filter: PasswordFilter = { kind: 'passwords', place: 'last', name: 'a', users, header: 'authorization', userHeader: 'x-user' }

test.each<[string[], string | null]>([
  [[], 'no_credential_for_basic_auth'],
  [['authorization', 'basic amFzb246c2VjcmV0'], 'invalid_scheme_for_basic_auth'],
  [['authorization', 'Basic amFzb24='], 'invalid_format_for_basic_auth'],
  // Envoy takes no base64 with bits left over.
  [['authorization', 'Basic amFzb246c2VjcmV1x'], 'invalid_format_for_basic_auth'],
  [['authorization', 'Basic amFzb246d3Jvbmc='], 'invalid_credential_for_basic_auth'],
  [['authorization', 'Basic amFzb246c2VjcmV0'], null],
])('%j is answered with %s', (fields, wanted) => {
  const asked = request('GET', fields)
  const ending = askPassword(filter, users, asked)
  expect(ending?.details ?? null).toBe(wanted)
  expect(asked.headers.get('x-user')).toBe(wanted === null ? 'jason' : undefined)
  if (ending) expect(ending.reply.headers).toEqual(['www-authenticate', 'Basic realm="http://b/x?y"'])
})

test.each<[string, string[], boolean]>([
  ['GET', [], true],
  ['POST', [], false],
  ['POST', ['origin', 'https://b'], true],
  ['POST', ['origin', 'http://b:80'], false],
  ['POST', ['referer', 'http://b/x'], true],
  ['POST', ['origin', 'http://evil.test', 'referer', 'http://b/x'], false],
  ['POST', ['origin', 'http://a.example.com'], true],
])('%s with %j goes on: %s', (method, fields, wanted) => {
  const rules = { enabled: 1_000_000, others: [{ kind: 'suffix' as const, value: '.example.com', ignoreCase: false }] }
  expect(askOrigin(rules, request(method, fields), new SeededRandom(1)) === null).toBe(wanted)
})
