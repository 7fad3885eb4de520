import { describe, expect, test } from 'vitest'
import { parseToken } from './token.ts'

const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const token = (header: unknown, payload: unknown, signature = 'abcd'): string => `${part(header)}.${part(payload)}.${signature}`
const good = { alg: 'RS256' }

test('what a token says', () => {
  const text = token({ alg: 'ES256', kid: 'k' }, { iss: 'me', aud: 'a', exp: 7.9, nbf: 3, more: { x: 1 } })
  expect(parseToken(text)).toMatchObject({ algorithm: 'ES256', keyId: 'k', issuer: 'me', audiences: ['a'], expires: 7, notBefore: 3 })
  expect(parseToken(token(good, { aud: ['a', 'b'] })).audiences).toEqual(['a', 'b'])
})

test('blanks do not count', () => {
  const text = token(good, { iss: 'me' }, ' Y Q == ').replace('.', ' . ')
  expect(parseToken(text)).toMatchObject({ issuer: 'me', signature: Buffer.from('a') })
})

// As Envoy answers.
describe('faults, in the order in which they are looked for', () => {
  test.each([
    ['a word', 'abc', 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections'],
    ['four sections', 'a.b.c.d', 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections'],
    ['no signature', token({ alg: 'none' }, {}, ''), 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections'],
    ['header', '!.b.c', 'Jwt header is an invalid Base64url encoded'],
    ['header', token('x', {}), 'Jwt header is an invalid JSON'],
    ['header', token([], {}), 'Jwt header is an invalid JSON'],
    ['algorithm', token({}, {}), 'Jwt header [alg] field is required and must be a string'],
    ['algorithm', token({ alg: 'none' }, {}), 'Jwt header [alg] is not supported'],
    ['key', token({ alg: 'RS256', kid: 1 }, {}), 'Jwt header [kid] field is not a string'],
    ['payload', `${part(good)}.!.c`, 'Jwt payload is an invalid Base64url encoded'],
    ['payload', token(good, 'x'), 'Jwt payload is an invalid JSON'],
    ['issuer', token(good, { iss: 3 }), 'Jwt payload [iss] field is not a string'],
    ['no issuer', token(good, { iss: null }), 'Jwt payload [iss] field is not a string'],
    ['no time', token(good, { exp: null }), 'Jwt payload [exp] field is not an integer'],
    ['subject', token(good, { sub: 3 }), 'Jwt payload [sub] field is not a string'],
    ['a text for a time', token(good, { iat: 'x' }), 'Jwt payload [iat] field is not an integer'],
    ['a time before 1970', token(good, { exp: -1 }), 'Jwt payload [exp] field is not a positive 64 bit integer'],
    ['audiences', token(good, { aud: [1] }), 'Jwt payload [aud] field is not a string or string list'],
    ['signature', token(good, {}, '!!'), 'Jwt signature is an invalid Base64url encoded'],
    ['padding that is too short', token(good, {}, 'YQ='), 'Jwt signature is an invalid Base64url encoded'],
    ['padding that is too long', token(good, {}, 'YWI=='), 'Jwt signature is an invalid Base64url encoded'],
  ])('%s of %s', (_, text, fault) => {
    expect(() => parseToken(text)).toThrow(fault)
  })
})
