import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { SecureVersion } from 'node:tls'
import type { TransportError } from '../mesh-core/ir/exchange.ts'
import type { TlsVersion } from '../mesh-core/ir/tls.ts'
import { connectionOf } from './wire.ts'
import type { Wire } from './wire.ts'

/** A connection that was dialled, plain or secured. */
export interface Line {
  readonly socket: Socket
  /** `told` is called with our end of the connection (`127.0.0.1:40123`), now or when there is one. */
  tell(told: (address: string) => void): void
}

/**
 * Dials, and says first what goes before everything else.
 * @param protocols ALPN, where the wire names none
 * @param lost called when the connection cannot be had, or breaks
 */
export function dial(wire: Wire, protocols: readonly string[], lost: (reason: TransportError) => void): Line {
  const { preamble, tls } = wire
  const socket = connectionOf(wire)
  if (preamble) socket.write(preamble)
  const secured = tls === null ? socket : secure(socket, tls, protocols)
  socket.once('error', (error: NodeJS.ErrnoException) => lost(connectionFailure(error)))
  if (secured !== socket) secured.once('error', (error: NodeJS.ErrnoException) => lost(tlsFailure(error)))
  let address: string | null = null
  let told: ((address: string) => void) | null = null
  socket.once('connect', () => {
    address = `${socket.localAddress}:${socket.localPort}`
    told?.(address)
  })
  const tell: Line['tell'] = (hears) => {
    told = hears
    if (address !== null) hears(address)
  }
  return { socket: secured, tell }
}

/** A client that is told no authority takes whatever certificate the server shows. */
function secure(
  socket: Socket,
  { serverName, applicationProtocols, certificate, trusts, minVersion, maxVersion }: NonNullable<Wire['tls']>,
  protocols: readonly string[],
): Socket {
  return connectTls({
    socket,
    ...(serverName !== null && { servername: serverName }),
    ALPNProtocols: [...(applicationProtocols ?? protocols)],
    ...(certificate && { cert: certificate.certificateChain, key: certificate.privateKey }),
    ...(trusts !== undefined && { ca: trusts }),
    rejectUnauthorized: trusts !== undefined,
    ...(minVersion && { minVersion: nodeVersion(minVersion) }),
    ...(maxVersion && { maxVersion: nodeVersion(maxVersion) }),
  })
}

function nodeVersion(version: TlsVersion): SecureVersion {
  return version === 'TLSv1_0' ? 'TLSv1' : (version.replace('_', '.') as SecureVersion)
}

/** Why a connection could not be had, or broke. */
export function connectionFailure({ code }: NodeJS.ErrnoException): TransportError {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unresolved'
  return code === 'ECONNREFUSED' ? 'refused' : code === 'ETIMEDOUT' ? 'timeout' : 'closed'
}

/** Why a handshake failed, as OpenSSL names it; a connection that was just closed says nothing. */
function tlsFailure({ code = '', message }: NodeJS.ErrnoException): TransportError {
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'closed'
  // What it says while something is being written stands in its words alone.
  if (code === 'EPROTO') return `tls: ${reasonIn(message)}`
  return code.startsWith('ERR_SSL_') ? `tls: ${code.slice('ERR_SSL_'.length)}` : 'tls: CERTIFICATE_VERIFY_FAILED'
}

/** `WRONG_VERSION_NUMBER` of OpenSSL's `error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…`. */
function reasonIn(words: string): string {
  const [, reason = 'protocol error'] = /:SSL routines:[^:]*:([^:]+)/.exec(words) ?? []
  return reason.toUpperCase().replaceAll(/\W+/g, '_')
}
