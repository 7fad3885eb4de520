import { isIssuer, keyHashOf, parse, pathTo, subjectAltNamesOf } from './certificate-chain.ts'
import { hashOfIdentity } from '../balancing/identity-hash.ts'
import { objectionTo, revoked, withoutList } from './revocation.ts'
import type { Objection } from './revocation.ts'
import type { TlsError } from '../../ir/exchange.ts'
import type { CertificatePins, ApplicationTls, ClientTls, DownstreamTls, TlsVersion, TrustedAuthorities } from '../../ir/tls.ts'

/** Why a handshake does not succeed, for the client: an alert, or the connection is closed. Reasons are OpenSSL's names. */
export type HandshakeFailure = TlsError | 'closed'

/** TLS around what a client sends; the outermost of several layers is ended first. */
export interface TlsLayer extends ClientTls {
  readonly serverName: string | null
  /** What a proxy holds the server's certificate against; `null`: any will do. */
  readonly expects?: Expectation | null
  /** `false`: the secrets of the proxy that is to begin it have not come. Default: true. */
  readonly ready?: boolean
}

export interface Expectation {
  readonly trusted: TrustedAuthorities
  /** One of these has to stand there; empty for any. */
  readonly subjectAltNames: readonly string[]
  /** This one, too; `null` for none. */
  readonly host: string | null
}

/** A certificate as the client gets it. */
type Shown =
  /** PEM. */
  | { readonly kind: 'chain'; readonly chain: string }
  /** Of the mesh. */
  | { readonly kind: 'identity'; readonly identity: string }
  /** Made for the name that is asked for. `issuer`: as `ApplicationTls.certificate`. */
  | { readonly kind: 'asked'; readonly name: string; readonly issuer: 'public' | 'any' }

/**
 * Do a client and a server come to terms? `null`: they do. How long certificates are valid is not looked at, since simulated time has no date.
 * Source: Envoy `SslSocket`, `DefaultCertValidator`; BoringSSL's alerts.
 * @param identity of the server's workload
 */
export function handshake(server: DownstreamTls, client: TlsLayer, identity: string): HandshakeFailure | null {
  const shown = certificateOf(server, identity)
  // A socket whose secrets have not come is closed at once (Envoy `NotReadySslSocket`).
  if (shown === null || (server.clients?.trusted.kind === 'secret' && server.clients.trusted.certificates === null)) return 'closed'
  const version = commonVersion(server, client)
  if (version === null) return 'tls: TLSV1_ALERT_PROTOCOL_VERSION'
  if (version !== 'TLSv1_3' && !hasCommonCipher(server, shown)) return 'tls: SSLV3_ALERT_HANDSHAKE_FAILURE'
  return judgeServer(shown, client) ?? (server.clients ? clientFailure(server.clients, client, version) : null)
}

/** The same with an application. */
export function applicationHandshake({ certificate, clientAuthorities }: ApplicationTls, client: TlsLayer): HandshakeFailure | null {
  const shown: Shown =
    typeof certificate === 'string'
      ? { kind: 'asked', name: client.serverName ?? 'localhost', issuer: certificate }
      : { kind: 'chain', chain: certificate.certificateChain }
  const failure = judgeServer(shown, client)
  if (failure || clientAuthorities === null) return failure
  const trusted = { kind: 'secret', name: '', certificates: clientAuthorities } as const
  return clientFailure({ trusted, required: true, subjectAltNames: [] }, client, client.maxVersion ?? 'TLSv1_3')
}

/** The first that there is; `null` for none. */
function certificateOf({ certificates }: DownstreamTls, identity: string): Shown | null {
  for (const one of certificates) {
    if (one.kind === 'workload') return { kind: 'identity', identity }
    if (one.pair) return { kind: 'chain', chain: one.pair.certificateChain }
  }
  return null
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
function hasCommonCipher({ cipherSuites }: DownstreamTls, shown: Shown): boolean {
  const isEc = parse(shown.kind === 'chain' ? shown.chain : '')[0]?.publicKey.asymmetricKeyType !== 'rsa'
  return cipherSuites.length === 0 || cipherSuites.some((suite) => suite.includes('ECDSA') === isEc)
}

function clientFailure(wanted: NonNullable<DownstreamTls['clients']>, client: TlsLayer, version: TlsVersion): HandshakeFailure | null {
  const { trusted, subjectAltNames, required, pins, acceptsUntrusted = false } = wanted
  const shown = clientCertificate(client)
  const isAny = subjectAltNames.length === 0 && !pins
  if (!shown) {
    // Who has to have a name has to show a certificate. Source: Envoy `DefaultCertValidator::initializeSslContexts`.
    if (!required && (isAny || acceptsUntrusted)) return null
    return version === 'TLSv1_3' ? 'tls: TLSV13_ALERT_CERTIFICATE_REQUIRED' : 'tls: SSLV3_ALERT_HANDSHAKE_FAILURE'
  }
  if (acceptsUntrusted) return null
  if (!isTrusted(shown, trusted)) return 'tls: TLSV1_ALERT_UNKNOWN_CA'
  const objection = revocationOf(shown, trusted)
  if (objection) return objection.cause === revoked ? 'tls: SSLV3_ALERT_CERTIFICATE_REVOKED' : 'tls: TLSV1_ALERT_UNKNOWN_CA'
  const isWanted = (subjectAltNames.length === 0 || hasOneOf(shown, subjectAltNames)) && (!pins || isPinned(shown, pins))
  return isWanted ? null : 'tls: SSLV3_ALERT_CERTIFICATE_UNKNOWN'
}

/** One list or the other. Source: Envoy `DefaultCertValidator::verifyCertificate`. */
function isPinned(shown: Shown, { hashes, keys }: CertificatePins): boolean {
  const [leaf] = shown.kind === 'chain' ? parse(shown.chain) : []
  if (!leaf) return false
  const bare = (hash: string): string => hash.replaceAll(':', '').toLowerCase()
  return hashes.some((hash) => bare(hash) === bare(leaf.fingerprint256)) || keys.includes(keyHashOf(leaf))
}

function clientCertificate({ certificate, identity }: TlsLayer): Shown | null {
  if (identity !== undefined) return { kind: 'identity', identity }
  return certificate ? { kind: 'chain', chain: certificate.certificateChain } : null
}

/** Names in the certificate that a client shows; empty for none. */
export function clientNames(client: TlsLayer): readonly string[] {
  const shown = clientCertificate(client)
  return shown ? namesOf(shown) : []
}

/**
 * What a gateway tells of a client that has shown a certificate; `null`: it has not. Of identities of the mesh there is no certificate here, but a hash that
 * tells them apart. Source: Envoy `ConnectionManagerUtility::mutateXfccRequestHeader`, with what istiod asks for.
 * @param own identity that the gateway itself has shown; `null` for a certificate of a Secret
 */
export function forwardedClientCertificate(client: TlsLayer, own: string | null): string | null {
  const shown = clientCertificate(client)
  if (!shown) return null
  const by = own === null ? [] : [`By=${own}`]
  if (shown.kind === 'identity') return [...by, `Hash=${hashOfIdentity(shown.identity)}`, 'Subject=""', `URI=${shown.identity}`].join(';')
  const [leaf] = shown.kind === 'chain' ? parse(shown.chain) : []
  if (!leaf) return null
  const names = (leaf.subjectAltName ?? '').split(', ')
  const of = (kind: string): string[] => names.flatMap((name) => (name.startsWith(`${kind}:`) ? [`${kind}=${name.slice(kind.length + 1)}`] : []))
  const hash = `Hash=${leaf.fingerprint256.replaceAll(':', '').toLowerCase()}`
  const subject = `Subject="${leaf.subject.split('\n').toReversed().join(',')}"`
  return [...by, hash, `Cert="${encodeURIComponent(leaf.toString())}"`, subject, of('URI')[0] ?? 'URI=', ...of('DNS')].join(';')
}

/** What a server may call the client by: the names in the certificate that it shows. Source: Envoy `PrincipalMatcher` of RBAC. */
export function namesShownBy(client: TlsLayer): readonly string[] {
  const shown = clientCertificate(client)
  if (!shown) return []
  if (shown.kind === 'identity') return [shown.identity]
  const [leaf] = shown.kind === 'chain' ? parse(shown.chain) : []
  if (!leaf) return []
  const names = (leaf.subjectAltName ?? '').split(', ').flatMap((name) => /^(?:URI|DNS):(.*)$/.exec(name)?.[1] ?? [])
  return [...names, leaf.subject.split('\n').toReversed().join(',')]
}

/** What the client thinks of the server's certificate. */
function judgeServer(shown: Shown, { trusts, expects, serverName }: TlsLayer): HandshakeFailure | null {
  if (expects) return judgeAsEnvoy(shown, expects)
  if (trusts === undefined) return null
  const known = shown.kind === 'chain' && pathTo(trusts, shown.chain) !== null
  return known && (serverName === null || parse(shown.chain)[0]!.checkHost(serverName) !== undefined) ? null : 'tls: CERTIFICATE_VERIFY_FAILED'
}

/** With what Envoy says of it. Source: Envoy `DefaultCertValidator::verifyCertificate`. */
function judgeAsEnvoy(shown: Shown, { trusted, subjectAltNames, host }: Expectation): HandshakeFailure | null {
  const failed = (cause: string) => `tls: CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_${cause}` as const
  if (!isTrusted(shown, trusted)) return failed(`X509_verify_cert:_certificate_verification_error_at_${brokenAt(shown)}`)
  const objection = revocationOf(shown, trusted)
  if (objection) return failed(`X509_verify_cert:_certificate_verification_error_at_depth_${objection.depth}:_${objection.cause}`)
  if (host !== null && !covers(shown, host))
    return failed(`verify_SAN_list,_expected_SANs:_[${host}],_certificate_SANs:_[${namesOf(shown).join(',_')}]`)
  if (subjectAltNames.length === 0 || hasOneOf(shown, subjectAltNames)) return null
  return failed(`SAN_matcher,_certificate_SANs_are_[${namesOf(shown).join(',_')}]`)
}

/** Where the chain ends without an authority that is known, and why. */
function brokenAt(shown: Shown): string {
  const chain = shown.kind === 'chain' ? parse(shown.chain) : []
  const isOwnRoot = chain.length > 0 && isIssuer(chain.at(-1)!, chain.at(-1)!)
  if (shown.kind === 'chain' && !isOwnRoot) return `depth_${Math.max(0, chain.length - 1)}:_unable_to_get_local_issuer_certificate`
  if (chain.length === 1) return 'depth_0:_self_signed_certificate'
  return `depth_${shown.kind === 'chain' ? chain.length - 1 : 1}:_self_signed_certificate_in_certificate_chain`
}

function isTrusted(shown: Shown, trusted: TrustedAuthorities): boolean {
  switch (trusted.kind) {
    case 'workload':
      return shown.kind === 'identity' || (shown.kind === 'asked' && shown.issuer === 'any')
    case 'system':
      return shown.kind === 'asked'
    case 'secret':
      if (shown.kind === 'asked') return shown.issuer === 'any' && trusted.certificates !== null
      return shown.kind === 'chain' && pathTo(trusted.certificates ?? '', shown.chain) !== null
  }
}

/** Does a list that is to be asked object to a certificate that is trusted? Lists of those who issue what is made for a name nobody has. */
function revocationOf(shown: Shown, trusted: TrustedAuthorities): Objection | null {
  if (trusted.kind !== 'secret' || trusted.revocations === undefined) return null
  if (shown.kind !== 'chain') return { depth: 0, cause: withoutList }
  return objectionTo(pathTo(trusted.certificates ?? '', shown.chain) ?? [], trusted.revocations)
}

function hasOneOf(shown: Shown, wanted: readonly string[]): boolean {
  const names = namesOf(shown)
  return wanted.some((name) => names.includes(name))
}

/** DNS names may hold a wildcard for one label. */
function covers(shown: Shown, host: string): boolean {
  return namesOf(shown).some((name) => name === host || (name.startsWith('*.') && name.slice(1) === host.slice(host.indexOf('.'))))
}

function namesOf(shown: Shown): readonly string[] {
  if (shown.kind === 'identity') return [shown.identity]
  if (shown.kind === 'asked') return [shown.name]
  const [leaf] = parse(shown.chain)
  return leaf ? subjectAltNamesOf(leaf) : []
}
