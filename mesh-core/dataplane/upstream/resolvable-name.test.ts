import { expect, test } from 'vitest'
import { isLocalhost, refusalOfName } from './resolvable-name.ts'

const long = 'a'.repeat(64)

test.each([
  ['shop.example.com', null],
  ['shop.example.com.', null],
  ['-a_b*.test', null],
  ['10.0.0.1', null],
  ['shop$.test', 'cares_failure:Misformatted_domain_name'],
  ['shop..test', 'cares_failure:Misformatted_domain_name'],
  [`${long}.test`, 'cares_failure:Misformatted_domain_name'],
  [`${long.slice(1)}.test`, null],
  [Array.from({ length: 5 }, () => long.slice(4)).join('.'), 'cares_failure:Misformatted_domain_name'],
  ['[::1]', 'cares_failure:Misformatted_domain_name'],
  ['2001:db8::1', 'cares_failure:Misformatted_domain_name'],
  ['shop.onion', 'cares_norecords:Domain_name_not_found'],
])('%s: %s', (name, refusal) => {
  expect(refusalOfName(name)).toBe(refusal)
})

test.each([
  ['localhost', true],
  ['LocalHost.', true],
  ['shop.localhost', true],
  ['localhost.test', false],
  ['mylocalhost', false],
])('%s is the pod itself: %s', (name, isIt) => {
  expect(isLocalhost(name)).toBe(isIt)
})
