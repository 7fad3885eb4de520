import { expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { webKeys } from '../../ir/json-web-keys.ts'
import { keysAt, keySetsOf } from './key-sets.ts'
import { unknownKeysIn } from './unknown-keys.ts'

const keySet = (spec: object) => JSON.stringify({ apiVersion: 'meshspec.dev/v1', kind: 'JsonWebKeySet', metadata: { name: 'a' }, spec })
const policy = (rules: readonly object[]) =>
  JSON.stringify({ apiVersion: 'security.istio.io/v1', kind: 'RequestAuthentication', metadata: { name: 'p' }, spec: { jwtRules: rules } })

test('the key of the tokens of Istio, whatever the release', () => {
  const at = (ref: string) => keysAt(`https://raw.githubusercontent.com/istio/istio/${ref}/security/tools/jwt/samples/jwks.json`, new Map())
  expect(webKeys(at('release-1.28')!)).toHaveLength(1)
  expect(at('master')).toBe(at('release-1.20'))
  expect(at('a/b')).toBeNull()
})

test('what was said of an address goes before what is known of it', () => {
  const address = 'https://raw.githubusercontent.com/istio/istio/master/security/tools/jwt/samples/jwks.json'
  expect(keysAt(address, keySetsOf(readText(keySet({ uri: address, jwks: '{}' }), 'a.yaml').resources))).toBe('{}')
})

test('an address of which nothing is known is told', () => {
  const rules = [
    { issuer: 'a', jwksUri: 'https://a.example.com/' },
    { issuer: 'b', jwks_uri: 'https://b.example.com/' },
    { issuer: 'c', jwksUri: 'https://c.example.com/' },
    { issuer: 'd', jwks: '{"keys":[]}' },
  ]
  const { resources } = readText([policy(rules), keySet({ uri: 'https://a.example.com/', jwks: '{"keys":[]}' })].join('\n---\n'), 'a.yaml')
  expect(unknownKeysIn(resources).map(({ message }) => message.split(':')[0])).toEqual([
    'spec.jwtRules[1].jwks_uri is not modelled',
    'spec.jwtRules[2].jwksUri is not modelled',
  ])
})
