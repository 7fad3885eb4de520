import type { HttpRequest } from '../../ir/message.ts'
import type { FilterChainMatch } from '../../ir/proxy-config.ts'
import { awaitsFirstBytes, inspectsTls } from '../../match/filter-chain.ts'

/**
 * Does who chooses among the chains wait for more than a client sends in plain bytes? One that has to hear the server first sends none; and what is shorter than the
 * header of a TLS record is not known to be none. Whether it is HTTP a whole line tells. Source: Envoy `tls_inspector.cc` parseClientHello, `http_inspector.cc`.
 */
export function waitsForBytes(chains: readonly FilterChainMatch[], request: HttpRequest): boolean {
  return request.serverFirst ? awaitsFirstBytes(chains) : isShorterThanTls(request) && inspectsTls(chains)
}

const recordHeaderBytes = 5

/** Is it a line over TCP that is shorter, with its end, than the header of a TLS record? */
export function isShorterThanTls({ protocol, body }: HttpRequest): boolean {
  if (protocol !== 'tcp' || body.length >= recordHeaderBytes) return false
  return new TextEncoder().encode(body.endsWith('\n') ? body : `${body}\n`).length < recordHeaderBytes
}
