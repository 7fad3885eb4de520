import { createSecureContext, TLSSocket } from 'node:tls'
import type { Socket } from 'node:net'
import type { SecureContext, TLSSocketOptions } from 'node:tls'
import type { ApplicationTls, KeyPair, SeenTls } from '../mesh-core/ir/tls.ts'

/** A certificate for a server, by the name that is asked for. @param issuer as `ApplicationTls.certificate` */
export type Certify = (name: string, issuer: 'public' | 'any') => Promise<SecureContext>

/**
 * Ends the TLS of a connection whose client has begun it.
 * @param first what was read of the connection
 * @param certify needed where `tls` names no certificate
 * @returns what is inside of the TLS, once that is `secure`
 * @throws where there is no certificate to show
 */
export async function endTls(socket: Socket, first: Buffer, tls: ApplicationTls, certify?: Certify): Promise<TLSSocket> {
  socket.pause()
  socket.unshift(first)
  return new TLSSocket(socket, { isServer: true, ...(await optionsOf(tls, certify)), ALPNProtocols: ['h2', 'http/1.1'] })
}

async function optionsOf({ certificate, clientAuthorities }: ApplicationTls, certify?: Certify): Promise<TLSSocketOptions> {
  const clients = clientAuthorities === null ? {} : { requestCert: true, rejectUnauthorized: true, ca: clientAuthorities }
  if (typeof certificate !== 'string') return { ...clients, secureContext: contextOf(certificate, clientAuthorities) }
  if (!certify) throw new Error('nobody makes certificates for this server')
  const SNICallback: TLSSocketOptions['SNICallback'] = (name, done) => {
    certify(name, certificate).then((context) => done(null, context), done)
  }
  // For clients that ask for none.
  return { ...clients, secureContext: await certify('localhost', certificate), SNICallback }
}

function contextOf({ certificateChain, privateKey }: KeyPair, clientAuthorities: string | null): SecureContext {
  return createSecureContext({ cert: certificateChain, key: privateKey, ...(clientAuthorities !== null && { ca: clientAuthorities }) })
}

/** What the client has said and shown when it began TLS. */
export function seenTls(socket: TLSSocket, { clientAuthorities }: ApplicationTls): SeenTls {
  const { servername, alpnProtocol } = socket as { readonly servername?: string | false | null; readonly alpnProtocol: string | false | null }
  const shown = clientAuthorities === null ? undefined : socket.getPeerX509Certificate()
  const names = shown?.subjectAltName ?? ''
  return {
    serverName: servername || null,
    applicationProtocol: alpnProtocol || null,
    clientNames: names === '' ? [] : names.split(', ').map((entry) => entry.replace(/^(DNS|URI):/, '')),
    clientCertificate: shown?.toString() ?? null,
  }
}
