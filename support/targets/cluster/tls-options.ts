import { isIP } from 'node:net'
import { rootCertificates } from 'node:tls'
import type { ClientTls, TlsVersion } from '../../../mesh-core/ir/tls.ts'

export type TlsOptions = Readonly<Record<string, unknown>>

/**
 * How a client begins TLS, in the words of Node's `tls`. Certificates are verified: against the authorities that the scenario's clients trust, else
 * against those that Node does.
 */
export function tlsOptions(tls: ClientTls | undefined, host: string, insecure: boolean): TlsOptions {
  const { serverName, applicationProtocols, certificate, trusts, minVersion, maxVersion } = tls ?? {}
  const servername = serverName === undefined ? (isIP(host) ? '' : host) : (serverName ?? '')
  return {
    servername,
    rejectUnauthorized: !insecure || trusts !== undefined,
    ...(applicationProtocols && { ALPNProtocols: [...applicationProtocols] }),
    ...(trusts !== undefined && { ca: trusts }),
    ...(certificate && { cert: certificate.certificateChain, key: certificate.privateKey }),
    ...(minVersion && { minVersion: nodeVersion(minVersion) }),
    ...(maxVersion && { maxVersion: nodeVersion(maxVersion) }),
  }
}

/** The same for the wire's own client. @param authorities PEM: further ones that a client trusts which is not told whom */
export function wireTls(
  tls: ClientTls | undefined,
  host: string,
  insecure: boolean,
  authorities: readonly string[],
): ClientTls & { readonly serverName: string | null } {
  const serverName = tls?.serverName === undefined ? (isIP(host) ? null : host) : tls.serverName
  const trusts = tls?.trusts ?? (insecure ? undefined : trusting(authorities))
  return { ...tls, serverName, ...(trusts !== undefined && { trusts }) }
}

/** PEM: what Node trusts, and these. */
export function trusting(authorities: readonly string[]): string {
  return [...rootCertificates, ...authorities].join('\n')
}

function nodeVersion(version: TlsVersion): string {
  return version === 'TLSv1_0' ? 'TLSv1' : version.replace('_', '.')
}
