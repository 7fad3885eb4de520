import fc from 'fast-check'
import { expect, test } from 'vitest'

import { isRefused, normalizeTarget } from './path-normalization.ts'

// Seen with Envoy 1.40.0 under istiod's default.
test.each([
  ['/./api', '/api'],
  ['/x/../api', '/api'],
  ['/api/.', '/api/'],
  ['/api/..', '/'],
  ['/..', '/'],
  ['//api', '//api'],
  ['/a//../b', '/a/b'],
  ['/%61pi', '/api'],
  ['/%7e%41', '/~A'],
  ['/api%2Fx', '/api%2Fx'],
  ['/api%2fx', '/api%2fx'],
  ['/api%20x', '/api%20x'],
  ['/api\\x', '/api/x'],
  ['/a%5cb', '/a%5cb'],
  ['/a%2e%2e/%2E%2e/x', '/x'],
  ['/a/%2e%2e%2fx', '/a/..%2fx'],
  ['/a/..;p=1/x', '/x'],
  ['/a/.;/x', '/a/x'],
  ['/a/..%3b/x', '/a/..%3b/x'],
  ['/a/%2e%2e;/x', '/a/..;/x'],
  ['/a/b/..;', '/a/'],
  ['/a/..x/...;/..y', '/a/..x/...;/..y'],
  ['/x|y^z[1]{2}`"<q>~!$&()*+,;=:@%zz', '/x%7Cy%5Ez[1]%7B2%7D%60%22%3Cq%3E~!$&()*+,;=:@%zz'],
  ['/a%2', '/a%2'],
  ['/x/../y?a=%61/../b', '/y?a=%61/../b'],
])('%s becomes %s', (target, path) => expect(normalizeTarget(target, 'BASE')).toBe(path))

test.each([
  ['NONE', '/a/../%61//b', '/a/../%61//b'],
  ['MERGE_SLASHES', '/a//b///%61?x=//', '/a/b/a?x=//'],
  ['MERGE_SLASHES', '///?x=1', '//?x=1'],
  ['DECODE_AND_MERGE_SLASHES', '/a%2Fb%5c//c', '/a/b/c'],
] as const)('%s: %s becomes %s', (normalization, target, path) => expect(normalizeTarget(target, normalization)).toBe(path))

test('an escaped zero is refused, but not in the query', () => {
  expect(['/a%00b', '/a?b=%00', '/a'].map(isRefused)).toEqual([true, false, false])
})

test('no dot segment is left, and what is normal stays as it is', () => {
  const piece = fc.constantFrom('a', '.', '..', '%2e', '%2E%2e', '%61', '', '..;x', 'b.c', '%2f', '\\', '~')
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
      const once = normalizeTarget(`/${pieces.join('/')}`, 'BASE')
      expect(once.startsWith('/')).toBe(true)
      expect(once.split('/').filter((segment) => segment === '.' || segment === '..')).toEqual([])
      expect(normalizeTarget(once, 'BASE')).toBe(once)
    }),
  )
})
