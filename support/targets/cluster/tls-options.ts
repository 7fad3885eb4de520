import { isIP } from 'node:net'
import type { ClientTls, TlsVersion } from '../../../mesh-core/ir/tls.ts'

/**
 * How a client begins TLS, in the words of Node's `tls`. Certificates are verified: against the authorities that the scenario's clients trust, else
 * against those that Node does.
 */
export function tlsOptions(tls: ClientTls | undefined, host: string, insecure: boolean): Readonly<Record<string, unknown>> {
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

function nodeVersion(version: TlsVersion): string {
  return version === 'TLSv1_0' ? 'TLSv1' : version.replace('_', '.')
}
