import { expect, test } from 'vitest'
import { jwksProblem, privateKeys } from './jwks.ts'

const rsa = { kty: 'RSA', n: 'xAE7eB6q', e: 'AQAB' }

test('keys of each type, in a set and alone, are taken', () => {
  const keys = [rsa, { kty: 'EC', crv: 'P-256', x: 'AA', y: 'BB' }, { kty: 'oct', k: 'AA' }, { kty: 'OKP', crv: 'Ed25519', x: 'AA' }]
  expect(jwksProblem(JSON.stringify({ keys }))).toBeNull()
  expect(jwksProblem(JSON.stringify(rsa))).toBeNull()
})

test.each([
  ['{', /JSON|property/],
  ['[]', /no JSON object/],
  ['{}', /key type/],
  ['{"keys": {}}', /no list/],
  ['{"keys": [{"kty": "RSA", "n": "AA"}]}', /field e is missing/],
  ['{"keys": [{"kty": "RSA", "n": "*", "e": "AQAB"}]}', /field n is no base64/],
  [JSON.stringify({ ...rsa, kid: 1 }), /field kid is no text/],
  [JSON.stringify({ kty: 'EC', crv: 5, x: 'AA', y: 'BB' }), /field crv is no text/],
  [JSON.stringify({ ...rsa, key_ops: 'verify' }), /field key_ops is no list of texts/],
  [JSON.stringify({ ...rsa, x5c: ['MIIB'] }), /field x5c is no list of certificates/],
  [JSON.stringify({ ...rsa, d: 'AQAB', p: '*' }), /field p is no base64/],
])('%s is refused', (text, problem) => {
  expect(jwksProblem(text)).toMatch(problem)
})

test.each(['{"keys": []}:80', '{"keys": [], "a}": "\\"}"}}', `${JSON.stringify(rsa)} x`, '{"keys": null}{'])(
  '%s is taken as far as its first object goes',
  (text) => {
    expect(jwksProblem(text)).toBeNull()
    expect(privateKeys(text)).toEqual([])
  },
)

test('what a key need not say is not looked at where it says nothing', () => {
  const silent = { kid: null, alg: null, use: 'other', key_ops: ['any', null], x5c: null, x5u: 5, p: 5 }
  expect(jwksProblem(JSON.stringify({ ...rsa, ...silent }))).toBeNull()
})

test('a key for signing is seen', () => {
  expect(privateKeys(JSON.stringify({ keys: [rsa] }))).toEqual([])
  expect(privateKeys(JSON.stringify({ keys: [rsa, { ...rsa, d: 'jJVK' }, { kty: 'oct', k: 'AA' }] }))).toEqual([1, 2])
})
