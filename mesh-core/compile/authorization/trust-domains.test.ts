import { describe, expect, test } from 'vitest'
import { inEachDomain, withAliases } from './trust-domains.ts'

describe('a principal in each domain of the mesh', () => {
  test.each<[principal: string, wanted: readonly string[]]>([
    ['cluster.local/ns/a/sa/b', ['td1/ns/a/sa/b', 'td2/ns/a/sa/b']],
    ['td2/ns/a/sa/b', ['td1/ns/a/sa/b', 'td2/ns/a/sa/b']],
    ['else/ns/a/sa/b', ['else/ns/a/sa/b']],
    // Nothing is said of a domain.
    ['*', ['*']],
    ['*/ns/a/sa/b', ['*/ns/a/sa/b']],
    ['*/sa/b', ['*/sa/b']],
    // It is for both already.
    ['td*/ns/a/sa/b', ['td1/ns/a/sa/b', 'td2/ns/a/sa/b']],
    ['*1/ns/a/sa/b', ['*1/ns/a/sa/b', 'td2/ns/a/sa/b']],
  ])('%s', (principal, wanted) => expect(inEachDomain(principal, ['td1', 'td2'])).toEqual(wanted))

  test('of a mesh of another domain cluster.local stands for it', () =>
    expect(inEachDomain('cluster.local/ns/a/sa/b', ['shop.test'])).toEqual(['shop.test/ns/a/sa/b']))
})

test('an alias stands for all of them', () => {
  expect(withAliases(['td2', 'else'], ['td1', 'td2'])).toEqual(['td1', 'td2', 'else'])
  expect(withAliases(['td*'], ['td1', 'td2'])).toEqual(['td*'])
})
