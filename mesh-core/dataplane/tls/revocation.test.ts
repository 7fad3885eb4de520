import { describe, expect, test } from 'vitest'
import { CertificateAuthority } from '../../identity/certificate-authority.ts'
import type { KeyPair } from '../../ir/tls.ts'
import { parse } from './certificate-chain.ts'
import { objectionTo } from './revocation.ts'
import { handshake } from './tls-handshake.ts'
import type { TlsLayer } from './tls-handshake.ts'

const own = await CertificateAuthority.create('own')
const other = await CertificateAuthority.create('other')
const namesake = await CertificateAuthority.create('own')
const [good, bad, server] = await Promise.all(['good', 'bad', 'server'].map((name) => own.issue({ commonName: name, dnsNames: [name] })))
const list = await own.revocations([bad!.certificateChain])
const lists = {
  own: list,
  empty: await own.revocations([]),
  'of another': await other.revocations([]),
  'of a namesake': await namesake.revocations([]),
  both: `${await other.revocations([])}\n${list}`,
  broken: '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----',
}

describe('a client', () => {
  test.each<[pair: KeyPair, list: keyof typeof lists, failure: string | null]>([
    [good!, 'own', null],
    [bad!, 'own', 'tls: SSLV3_ALERT_CERTIFICATE_REVOKED'],
    [bad!, 'empty', null],
    [bad!, 'both', 'tls: SSLV3_ALERT_CERTIFICATE_REVOKED'],
    // Whoever is trusted has to say what it has revoked.
    [good!, 'of another', 'tls: TLSV1_ALERT_UNKNOWN_CA'],
    [good!, 'of a namesake', 'tls: TLSV1_ALERT_UNKNOWN_CA'],
    [good!, 'broken', 'tls: TLSV1_ALERT_UNKNOWN_CA'],
  ])('%#: %s', (certificate, name, failure) => {
    const trusted = { kind: 'secret', name: 'a', certificates: own.certificate, revocations: lists[name] } as const
    const terms = {
      certificates: [{ kind: 'secret', name: 'a', pair: server! }],
      clients: { trusted, required: true, subjectAltNames: [] },
      ...{ minVersion: null, maxVersion: null, cipherSuites: [], applicationProtocols: [] },
    } as const
    expect(handshake(terms, { serverName: 'server', certificate }, '')).toBe(failure)
  })
})

test.each<[pair: KeyPair, list: keyof typeof lists, cause: string | null]>([
  [good!, 'own', null],
  [bad!, 'own', 'depth_0:_certificate_revoked'],
  [bad!, 'of another', 'depth_0:_unable_to_get_certificate_CRL'],
])('a server, as a proxy judges it: %#', (pair, name, cause) => {
  const trusted = { kind: 'secret', name: 'a', certificates: own.certificate, revocations: lists[name] } as const
  const client: TlsLayer = { serverName: 'a', expects: { trusted, subjectAltNames: [], host: null } }
  const terms = { certificates: [{ kind: 'secret', name: 'a', pair }], clients: null, minVersion: null, maxVersion: null } as const
  const failure =
    cause === null ? null : `tls: CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_X509_verify_cert:_certificate_verification_error_at_${cause}`
  expect(handshake({ ...terms, cipherSuites: [], applicationProtocols: [] }, client, '')).toBe(failure)
})

test('an authority may be on its own list', async () => {
  const [authority] = parse(own.certificate)
  expect(objectionTo([authority!], await own.revocations([own.certificate]))).toEqual({ depth: 0, cause: 'certificate_revoked' })
})
