import { X509Certificate } from 'node:crypto'
import type { TlsError } from '../ir/exchange.ts'
import type { ClientTls, DownstreamTls, TlsVersion } from '../ir/tls.ts'

/** Why a handshake does not succeed, for the client: an alert, or the connection is closed. Reasons are OpenSSL's names. */
export type HandshakeFailure = TlsError | 'closed'

/**
 * Do a client and a server come to terms? `null`: they do. How long certificates are valid is not looked at, since simulated time has no date.
 * Source: Envoy `SslSocket`, `DefaultCertValidator`; BoringSSL's alerts.
 */
export function handshake(server: DownstreamTls, client: ClientTls, serverName: string | null): HandshakeFailure | null {
  const certificate = certificateOf(server)
  // A socket whose secrets have not come is closed at once (Envoy `NotReadySslSocket`).
  if (certificate === 'missing' || (server.clients?.trusted.kind === 'secret' && server.clients.trusted.certificates === null)) return 'closed'
  const version = commonVersion(server, client)
  if (version === null) return 'tls: TLSV1_ALERT_PROTOCOL_VERSION'
  if (version !== 'TLSv1_3' && !hasCommonCipher(server, certificate)) return 'tls: SSLV3_ALERT_HANDSHAKE_FAILURE'
  if (client.trusts !== undefined && !isTrusted(certificate, client.trusts, serverName)) return 'tls: CERTIFICATE_VERIFY_FAILED'
  return server.clients ? clientFailure(server.clients, client, version) : null
}

/** Chain in PEM; `''` for the workload's own, which is made when it runs. */
function certificateOf({ certificates }: DownstreamTls): string {
  for (const one of certificates) {
    if (one.kind === 'workload') return ''
    if (one.pair) return one.pair.certificateChain
  }
  return 'missing'
}

const versions: readonly TlsVersion[] = ['TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3']

/** The newest that both speak. Neither begins below 1.2 unless it is told to. */
function commonVersion(server: DownstreamTls, client: ClientTls): TlsVersion | null {
  const place = (version: TlsVersion | null | undefined, byDefault: TlsVersion): number => versions.indexOf(version ?? byDefault)
  const newest = Math.min(place(server.maxVersion, 'TLSv1_3'), place(client.maxVersion, 'TLSv1_3'))
  const oldest = Math.max(place(server.minVersion, 'TLSv1_2'), place(client.minVersion, 'TLSv1_2'))
  return newest < oldest ? null : versions[newest]!
}

/** Suites of 1.2 and before are for one kind of key; 1.3 has its own, which nobody chooses. */
function hasCommonCipher({ cipherSuites }: DownstreamTls, certificate: string): boolean {
  const isEc = parse(certificate)[0]?.publicKey.asymmetricKeyType !== 'rsa'
  return cipherSuites.length === 0 || cipherSuites.some((suite) => suite.includes('ECDSA') === isEc)
}

function clientFailure(wanted: NonNullable<DownstreamTls['clients']>, { certificate }: ClientTls, version: TlsVersion): HandshakeFailure | null {
  if (!certificate) {
    if (!wanted.required) return null
    return version === 'TLSv1_3' ? 'tls: TLSV13_ALERT_CERTIFICATE_REQUIRED' : 'tls: SSLV3_ALERT_HANDSHAKE_FAILURE'
  }
  const { trusted, subjectAltNames } = wanted
  if (trusted.kind === 'workload' || !isIssuedBy(certificate.certificateChain, trusted.certificates ?? '')) return 'tls: TLSV1_ALERT_UNKNOWN_CA'
  const names = subjectAltNamesOf(parse(certificate.certificateChain)[0]!)
  return subjectAltNames.length === 0 || subjectAltNames.some((name) => names.includes(name)) ? null : 'tls: SSLV3_ALERT_CERTIFICATE_UNKNOWN'
}

function isTrusted(chain: string, authorities: string, serverName: string | null): boolean {
  if (chain === '' || !isIssuedBy(chain, authorities)) return false
  return serverName === null || parse(chain)[0]!.checkHost(serverName) !== undefined
}

/** Does a chain lead to one of the authorities? */
function isIssuedBy(chain: string, authorities: string): boolean {
  const roots = parse(authorities)
  const [leaf, ...others] = parse(chain)
  if (!leaf) return false
  let current = leaf
  for (let steps = 0; steps <= others.length; steps++) {
    const subject = current
    if (roots.some((root) => root.fingerprint256 === subject.fingerprint256 || isIssuer(root, subject))) return true
    const next = others.find((other) => other !== subject && isIssuer(other, subject))
    if (!next) return false
    current = next
  }
  return false
}

function isIssuer(authority: X509Certificate, subject: X509Certificate): boolean {
  return subject.checkIssued(authority) && subject.verify(authority.publicKey)
}

/** DNS names and URIs. */
function subjectAltNamesOf({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? '').split(', ').map((entry) => entry.replace(/^(DNS|URI):/, ''))
}

const parsed = new Map<string, readonly X509Certificate[]>()

/** What cannot be parsed is no certificate. */
function parse(pem: string): readonly X509Certificate[] {
  let certificates = parsed.get(pem)
  if (certificates) return certificates
  certificates = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).flatMap((block) => {
    try {
      return [new X509Certificate(block)]
    } catch {
      return []
    }
  })
  if (parsed.size > 1000) parsed.clear()
  parsed.set(pem, certificates)
  return certificates
}
