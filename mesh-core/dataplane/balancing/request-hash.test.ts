import { expect, test } from 'vitest'
import { Headers } from '../../ir/message.ts'
import type { HashPolicy } from '../../ir/route.ts'
import { compileHashPolicies } from './request-hash.ts'
import { rotateLeft, xxHash64 } from './xx-hash.ts'

const cookie = (ttlMs: number | null): HashPolicy => ({ kind: 'cookie', name: 'session', path: '', ttlMs, attributes: [], terminal: false })
const header: HashPolicy = { kind: 'header', name: 'x-user', terminal: false }
const user: HashPolicy = { kind: 'query', name: 'user', terminal: false }

function hash(policies: readonly HashPolicy[], fields: readonly string[], path = '/'): bigint | null {
  const request = { method: 'GET', scheme: 'http', authority: 'shop', path, headers: new Headers([...fields]), body: '' } as const
  return compileHashPolicies(policies)!({ request, remoteAddress: '10.244.0.2', giveCookie: () => 'given' })
}

test.each<[string, HashPolicy, readonly string[], string | null]>([
  ['the header', header, ['x-user', 'anna'], 'anna'],
  ['no header', header, [], null],
  ['an empty header', header, ['x-user', ''], ''],
  ['the path', { kind: 'header', name: ':path', terminal: false }, [], '/?user=jo'],
  ['the host', { kind: 'header', name: ':authority', terminal: false }, [], 'shop'],
  ['the client', { kind: 'source-ip', terminal: false }, [], '10.244.0.2'],
  ['the parameter', user, [], 'jo'],
  ['the cookie', cookie(null), ['cookie', 'a=b; session=one; session=two'], 'one'],
  ['the cookie in quotes', cookie(null), ['cookie', 'session="one"'], 'one'],
  ['no cookie', cookie(null), ['cookie', 'Session=one'], null],
  ['a cookie that is given', cookie(0), ['cookie', 'session='], 'given'],
])('%s', (_name, policy, fields, key) => expect(hash([policy], fields, '/?user=jo')).toBe(key === null ? null : xxHash64(key)))

test('values of a header are one key in any order', () => {
  expect(hash([header], ['x-user', 'b', 'x-user', 'a'])).toBe(hash([header], ['x-user', 'a', 'x-user', 'b']))
  expect(hash([header], ['x-user', 'a', 'x-user', 'b'])).toBe(xxHash64('b', xxHash64('a')))
})

test('several policies add to one hash, up to one that ends it', () => {
  const both = rotateLeft(xxHash64('anna'), 1n) ^ xxHash64('jo')
  expect(hash([header, user], ['x-user', 'anna'], '/?user=jo')).toBe(both)
  expect(hash([{ ...header, terminal: true }, user], ['x-user', 'anna'], '/?user=jo')).toBe(xxHash64('anna'))
  expect(hash([{ ...header, terminal: true }, user], [], '/?user=jo')).toBe(xxHash64('jo'))
})

test('without policies there is nothing to ask', () => expect(compileHashPolicies([])).toBeNull())
