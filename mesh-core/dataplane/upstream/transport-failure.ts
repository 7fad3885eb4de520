import type { TlsError } from '../../ir/exchange.ts'

/** Of the TLS library in the codes of BoringSSL: `ERR_LIB_SSL << 24`. */
const library = 16 << 24

/** `ERR_LIB_SYS << 24`: its reasons are the system's. */
const systemLibrary = 2 << 24
/** ECONNRESET. */
const connectionReset = 104

/** A server has closed the connection in the middle of a handshake, as one does that has no filter chain for it. */
export const brokenOff = 'tls: Connection_reset_by_peer'

/**
 * A server has closed it before it read anything: its FIN comes before the reset, and the TLS library is told of an end, for which it has no words (at times
 * of a broken pipe). Seen with Envoy 1.40.0.
 */
export const endedEarly = 'tls: Connection_closed'

/** Reasons of `ssl.h`; an alert of the other side is 1000 and its number. */
const reasons: Readonly<Record<string, number>> = {
  CERTIFICATE_VERIFY_FAILED: 125,
  WRONG_VERSION_NUMBER: 247,
  SSLV3_ALERT_HANDSHAKE_FAILURE: 1040,
  SSLV3_ALERT_CERTIFICATE_UNKNOWN: 1046,
  TLSV1_ALERT_UNKNOWN_CA: 1048,
  TLSV1_ALERT_PROTOCOL_VERSION: 1070,
  TLSV13_ALERT_CERTIFICATE_REQUIRED: 1116,
}

const ofClientCertificates: ReadonlySet<string> = new Set([
  'tls: SSLV3_ALERT_CERTIFICATE_UNKNOWN',
  'tls: TLSV1_ALERT_UNKNOWN_CA',
  'tls: TLSV13_ALERT_CERTIFICATE_REQUIRED',
])

/** With TLS 1.3 a server looks at its client's certificate when the client has done with the handshake: a proxy then sees a connection that ends. */
export function comesLate(error: TlsError): boolean {
  return ofClientCertificates.has(error)
}

/** What a proxy writes of an endpoint without a port, whose address it takes for the path of a Unix socket. Seen with Envoy 1.40.0. */
export function noSuchSocket(path: string): string {
  return `immediate_connect_error:_No_such_file_or_directory|remote_address:${path}`
}

/** What a proxy writes of a handshake of its own that has failed: `%UPSTREAM_TRANSPORT_FAILURE_REASON%`; it may write nothing. Source: Envoy `SslSocket::drainErrorQueue`. */
export function transportFailure(error: TlsError): string {
  if (error === endedEarly) return ''
  const said = error.slice('tls: '.length)
  if (error === brokenOff) return `TLS_error:|${systemLibrary + connectionReset}:system_library:OPENSSL_internal:${said}:TLS_error_end`
  const code = reasons[said.split(':', 1)[0]!]
  return code === undefined ? `TLS_error:_${said}` : `TLS_error:|${library + code}:SSL_routines:OPENSSL_internal:${said}:TLS_error_end`
}
