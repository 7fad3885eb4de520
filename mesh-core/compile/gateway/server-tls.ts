import type { CertificatePins, DownstreamTls, ServerCertificate, TlsVersion, TrustedAuthorities } from '../../ir/tls.ts'
import type { ServerTls } from './gateway-resource.ts'
import type { TlsDefaults } from '../mesh/mesh-config.ts'
import type { Files, Secrets } from './secrets.ts'
import { serverTlsRefusal } from './server-tls-refusal.ts'

const http = ['h2', 'http/1.1']
/** Behind mutual TLS of the mesh a TCP server exchanges metadata. */
const tcpOfMesh = ['istio-peer-exchange', ...http]

export function isPassthrough({ mode }: ServerTls): boolean {
  return mode === 'PASSTHROUGH' || mode === 'AUTO_PASSTHROUGH'
}

interface TlsSurroundings {
  readonly isTcp: boolean
  /** Of the mesh, for what is not its own mutual TLS. */
  readonly defaults: TlsDefaults
}

/**
 * How a server ends TLS. Source: Istio `core/listener.go` BuildListenerTLSContext.
 * @param files of the gateway's pod; in its namespace its Secrets stand
 */
export function downstreamTls(tls: ServerTls, files: Files, secrets: Secrets, { isTcp, defaults }: TlsSurroundings): DownstreamTls {
  const ofMesh = tls.mode === 'ISTIO_MUTUAL'
  const cipherSuites = ofMesh ? [] : suitesOf(tls, defaults)
  const refusal = serverTlsRefusal(tls, cipherSuites, defaults) ?? revocationRefusal(tls, files, secrets)
  return {
    certificates: ofMesh ? [{ kind: 'workload' }] : certificatesOf(tls, files, secrets),
    clients: clientsOf(tls, files, secrets),
    minVersion: ofMesh ? null : (versionOf(tls.minProtocolVersion) ?? versionOf(defaults.minProtocolVersion)),
    maxVersion: ofMesh ? null : versionOf(tls.maxProtocolVersion),
    cipherSuites,
    applicationProtocols: ofMesh && isTcp ? tcpOfMesh : http,
    ...(refusal !== null && { refusal }),
  }
}

/** Source: the same file, and Istio `pilot/pkg/security/model/authentication.go` SdsCertificateConfig.GetResourceName for those in files. */
function certificatesOf(tls: ServerTls, files: Files, secrets: Secrets): ServerCertificate[] {
  const names = tls.credentialName ? [tls.credentialName] : (tls.credentialNames ?? [])
  if (names.length > 0) return names.map((name) => ({ kind: 'secret', name: credentialResource(name), pair: secrets.keyPair(name, files.namespace) }))
  const inFiles = tls.tlsCertificates?.length ? tls.tlsCertificates : [tls]
  return inFiles.map(({ serverCertificate = '', privateKey = '' }) => ({
    ...{ kind: 'secret', name: `file-cert:${serverCertificate}~${privateKey}` },
    pair: secrets.pairInFiles(files, serverCertificate, privateKey),
  }))
}

function clientsOf(tls: ServerTls, files: Files, secrets: Secrets): DownstreamTls['clients'] {
  const subjectAltNames = tls.subjectAltNames ?? []
  const untrusted = tls.insecureSkipVerify ? ({ acceptsUntrusted: true } as const) : {}
  if (tls.mode === 'ISTIO_MUTUAL') return { trusted: { kind: 'workload' }, required: true, subjectAltNames, ...untrusted }
  if (tls.mode !== 'MUTUAL' && tls.mode !== 'OPTIONAL_MUTUAL') return null
  return { trusted: authoritiesOf(tls, files, secrets), required: tls.mode === 'MUTUAL', subjectAltNames, ...pinsOf(tls), ...untrusted }
}

/** istiod reads them beside Secrets alone. Source: Istio `security/model/authentication.go` ApplyCredentialSDSToServerCommonTLSContext. */
function pinsOf({ credentialName, credentialNames, verifyCertificateHash: hashes = [], verifyCertificateSpki: keys = [] }: ServerTls): {
  pins?: CertificatePins
} {
  const isNamed = credentialName || credentialNames?.length
  return isNamed && hashes.length + keys.length > 0 ? { pins: { hashes, keys } } : {}
}

function authoritiesOf(tls: ServerTls, files: Files, secrets: Secrets): TrustedAuthorities {
  const own = tls.caCertCredentialName
  const { caCertificates = '', caCrl = '' } = tls
  const isNamed = own || tls.credentialName || tls.credentialNames?.length
  if (!isNamed) return { kind: 'secret', name: `file-root:${caCertificates}`, ...secrets.authoritiesInFile(files, caCertificates, caCrl) }
  const name = own || tls.credentialName || tls.credentialNames?.[0] || ''
  return {
    kind: 'secret',
    name: own ? credentialResource(own) : `${credentialResource(name)}-cacert`,
    ...secrets.authorities(name, files.namespace),
  }
}

/** Envoy reads the list itself when it is told of the listener. Source: Istio `security/model/authentication.go` ApplyToCommonTLSContext. */
function revocationRefusal({ mode, caCrl = '', credentialName, credentialNames }: ServerTls, files: Files, secrets: Secrets): string | null {
  const isRead = caCrl !== '' && (mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL') && !credentialName && !credentialNames?.length
  return isRead && !secrets.hasFile(files, caCrl) ? `caCrl ${caCrl} is no file of the gateway's` : null
}

/** As the proxy asks for it. Source: Istio `pilot/pkg/model/credentials/resource.go` ToResourceName. */
export function credentialResource(credentialName: string): string {
  return /^[a-z-]+:\/\//.test(credentialName) ? credentialName : `kubernetes://${credentialName}`
}

const versions: Readonly<Record<string, TlsVersion>> = { TLSV1_0: 'TLSv1_0', TLSV1_1: 'TLSv1_1', TLSV1_2: 'TLSv1_2', TLSV1_3: 'TLSv1_3' }

function versionOf(version: string | undefined): TlsVersion | null {
  return versions[version ?? ''] ?? null
}

/** Source: Istio `core/gateway.go` applyDownstreamTLSDefaults, applyServerTLSSettings. */
function suitesOf({ cipherSuites = [] }: ServerTls, defaults: TlsDefaults): readonly string[] {
  const own = knownCiphers(cipherSuites)
  return own.length > 0 ? own : (defaults.cipherSuites ?? [])
}

/** Those that are not known are left out. Source: Istio `pkg/config/security/security.go` FilterCipherSuites. */
function knownCiphers(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => cipherSuites.has(name)))]
}

const cipherSuites: ReadonlySet<string> = new Set(
  `ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305
   ECDHE-RSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA AES128-GCM-SHA256 AES256-GCM-SHA384
   AES128-SHA AES256-SHA DES-CBC3-SHA`.split(/\s+/),
)
