import { createHash, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { CertificateAuthority } from '../../identity/certificate-authority.ts'
import type { DownstreamTls, KeyPair } from '../../ir/tls.ts'
import { handshake } from './tls-handshake.ts'

const own = await CertificateAuthority.create('own')
const other = await CertificateAuthority.create('other')
const [wanted, further, server] = await Promise.all(['wanted', 'further', 'server'].map((name) => own.issue({ commonName: name, dnsNames: [name] })))
const stranger = await other.issue({ commonName: 'wanted', dnsNames: ['wanted'] })

const leaf = new X509Certificate(wanted!.certificateChain)
const hash = leaf.fingerprint256
const key = createHash('sha256')
  .update(leaf.publicKey.export({ type: 'spki', format: 'der' }))
  .digest('base64')

type Clients = NonNullable<DownstreamTls['clients']>

test.each<[about: string, client: KeyPair | null, terms: Partial<Clients>, failure: string | null]>([
  ['the hash of its certificate', wanted!, { pins: { hashes: [hash], keys: [] } }, null],
  ['the same without colons', wanted!, { pins: { hashes: [hash.replaceAll(':', '').toLowerCase()], keys: [] } }, null],
  ['the hash of its key', wanted!, { pins: { hashes: [], keys: [key] } }, null],
  ['one of both', wanted!, { pins: { hashes: ['00'], keys: [key] } }, null],
  ['neither', further!, { pins: { hashes: [hash], keys: [key] } }, 'tls: SSLV3_ALERT_CERTIFICATE_UNKNOWN'],
  ['both a name and a hash', wanted!, { pins: { hashes: [hash], keys: [] }, subjectAltNames: ['further'] }, 'tls: SSLV3_ALERT_CERTIFICATE_UNKNOWN'],
  ['pins do not stand in for trust', stranger, { pins: { hashes: [], keys: [key] } }, 'tls: TLSV1_ALERT_UNKNOWN_CA'],
  [
    'who is pinned has to show a certificate',
    null,
    { required: false, pins: { hashes: [hash], keys: [] } },
    'tls: TLSV13_ALERT_CERTIFICATE_REQUIRED',
  ],
  ['whatever is shown', stranger, { acceptsUntrusted: true, subjectAltNames: ['a'], pins: { hashes: [hash], keys: [] } }, null],
  ['but something is shown', null, { acceptsUntrusted: true }, 'tls: TLSV13_ALERT_CERTIFICATE_REQUIRED'],
  ['or nothing, where it may', null, { required: false, acceptsUntrusted: true, subjectAltNames: ['a'] }, null],
])('a client: %s', (_, certificate, clients, failure) => {
  const trusted = { kind: 'secret', name: 'a', certificates: own.certificate } as const
  const terms: DownstreamTls = {
    certificates: [{ kind: 'secret', name: 'a', pair: server! }],
    clients: { trusted, required: true, subjectAltNames: [], ...clients },
    ...{ minVersion: null, maxVersion: null, cipherSuites: [], applicationProtocols: [] },
  }
  expect(handshake(terms, { serverName: 'server', ...(certificate && { certificate }) }, '')).toBe(failure)
})
