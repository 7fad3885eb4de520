import { expect, test } from 'vitest'
import { requestScheme } from './urls.ts'

test.each([
  ['http://test.com/test', 'http'],
  ['HTTPS://example.com:8443/.well-known/jwks.json?x=1', 'https'],
  ['oci://ghcr.io/a/b:v1', 'oci'],
  ['file:///opt/filters/a.wasm', 'file'],
  ['/opt/filters/a.wasm', ''],
  ['http://[::1]:80/', 'http'],
  ['test.com/test', null],
  ['#%blah$#@', null],
  ['http://#%blah$#@', null],
  ['http://a.com:port/', null],
  ['http://a b/', null],
  ['', null],
])('%s is of scheme %s', (text, scheme) => {
  expect(requestScheme(text)).toBe(scheme)
})
