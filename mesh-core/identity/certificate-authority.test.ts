import { X509Certificate, createPrivateKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { CertificateAuthority } from './certificate-authority.ts'

test('a certificate is for its names, by its authority, with its key', async () => {
  const authority = await CertificateAuthority.create('example, Inc.')
  const { certificateChain, privateKey } = await authority.issue({
    commonName: 'shop.example.com',
    dnsNames: ['shop.example.com', '*.shop.example.com'],
  })
  const leaf = new X509Certificate(certificateChain)
  const root = new X509Certificate(authority.certificate)
  expect(leaf.verify(root.publicKey) && leaf.checkIssued(root)).toBe(true)
  expect(leaf.checkPrivateKey(createPrivateKey(privateKey))).toBe(true)
  expect(['shop.example.com', 'a.shop.example.com', 'other.example.com'].map((name) => leaf.checkHost(name) !== undefined)).toEqual([
    true,
    true,
    false,
  ])
  expect([leaf.ca, root.ca]).toEqual([false, true])
  expect(certificateChain).toContain(authority.certificate)
})

test('an identity of the mesh stands in a URI', async () => {
  const authority = await CertificateAuthority.create('cluster.local')
  const { certificateChain } = await authority.issue({ uris: ['spiffe://cluster.local/ns/default/sa/reviews'] })
  const leaf = new X509Certificate(certificateChain)
  expect([leaf.subject, leaf.subjectAltName]).toEqual([undefined, 'URI:spiffe://cluster.local/ns/default/sa/reviews'])
})

test('another authority did not issue it', async () => {
  const [one, other] = await Promise.all([CertificateAuthority.create('one'), CertificateAuthority.create('other')])
  const { certificateChain } = await one.issue({ dnsNames: ['a.example.com'] })
  expect(new X509Certificate(certificateChain).verify(new X509Certificate(other.certificate).publicKey)).toBe(false)
})
