import fc from 'fast-check'
import { expect, test } from 'vitest'
import { intersection, isSubsetOf, overlaps, resolveGateway, resolveHost } from './names.ts'

test.each([
  ['reviews', 'default', 'reviews.default.svc.cluster.local'],
  ['Reviews', 'default', 'Reviews.default.svc.cluster.local'],
  // A name with a dot is never completed, though it looks like service.namespace.
  ['reviews.prod', 'default', 'reviews.prod'],
  ['reviews.prod.svc.cluster.local', 'default', 'reviews.prod.svc.cluster.local'],
  ['*', 'default', '*'],
  ['*.example.com', 'default', '*.example.com'],
  ['*b', 'default', '*b.default.svc.cluster.local'],
  ['10.0.0.1', 'default', '10.0.0.1'],
  ['2001:db8::1', 'default', '2001:db8::1'],
])('host %s in %s is %s', (host, namespace, wanted) => expect(resolveHost(host, namespace)).toBe(wanted))

test.each([
  ['gw', 'default', 'default/gw'],
  ['other/gw', 'default', 'other/gw'],
  ['./gw', 'default', 'default/gw'],
  ['gw.istio-system.svc.cluster.local', 'default', 'istio-system/gw'],
  ['mesh', 'default', 'mesh'],
])('gateway %s in %s is %s', (gateway, namespace, wanted) => expect(resolveGateway(gateway, namespace)).toBe(wanted))

test.each([
  ['a.example.com', '*.example.com', true],
  ['a.b.example.com', '*.example.com', true],
  ['*.b.example.com', '*.example.com', true],
  ['*.example.com', '*.b.example.com', false],
  ['example.com', '*.example.com', false],
  ['xexample.com', '*.example.com', false],
  ['a', '*', true],
  ['*', 'a', false],
])('%s under %s: %s', (host, other, wanted) => expect(isSubsetOf(host, other)).toBe(wanted))

test('a Gateway and a VirtualService meet in the narrower of their hosts', () => {
  expect(intersection(['foo.com', 'bar.com', '*.net'], ['*.com', 'bar.net'])).toEqual(['foo.com', 'bar.com', 'bar.net'])
})

const host = fc
  .tuple(fc.boolean(), fc.array(fc.constantFrom('a', 'b', 'com'), { minLength: 1, maxLength: 3 }))
  .map(([wild, parts]) => (wild ? `*.${parts.join('.')}` : parts.join('.')))

test('hosts overlap whichever way round they are asked, and what meets lies under both', () => {
  fc.assert(
    fc.property(host, host, (a, b) => {
      expect(overlaps(a, b)).toBe(overlaps(b, a))
      for (const shared of intersection([a], [b])) expect(isSubsetOf(shared, a) && isSubsetOf(shared, b)).toBe(true)
    }),
  )
})
