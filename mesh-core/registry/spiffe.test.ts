import { expect, test } from 'vitest'
import { readText } from '../config/read.ts'
import { spiffeId, trustDomainOf } from './spiffe.ts'

const of = (...settings: string[]): string =>
  trustDomainOf(settings.flatMap((text) => [...readText(`apiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\n${text}`, 'mesh.yaml').resources]))

test('the trust domain is the one that mesh config names last', () => {
  expect(of()).toBe('cluster.local')
  expect(of('connectTimeout: 1s')).toBe('cluster.local')
  expect(of('trustDomain: example.org')).toBe('example.org')
  expect(of('trust_domain: example.org', 'connectTimeout: 1s')).toBe('example.org')
})

test('an identity names trust domain, namespace and account', () =>
  expect(spiffeId({ namespace: 'shop', serviceAccount: 'till' }, 'example.org')).toBe('spiffe://example.org/ns/shop/sa/till'))
