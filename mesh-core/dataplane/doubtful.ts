import type { Cluster } from '../ir/cluster.ts'
import { NotShown } from '../ir/not-shown.ts'
import type { Headers, HttpRequest } from '../ir/message.ts'
import type { HttpSettings, ProxyConfig } from '../ir/proxy-config.ts'
import type { Dialled } from './dial.ts'

/** A server that expects no header of the PROXY protocol takes it for a broken request, and one that expects it takes nothing else: no config says which it is. */
export function doubtOfServer({ proxyProtocol, destination, name }: Cluster): NotShown | null {
  if (!proxyProtocol) return null
  return new NotShown(
    `connections to ${destination?.host ?? name} begin with a header of the PROXY protocol (proxyProtocol ${proxyProtocol} of its DestinationRule): whether a server takes it is not known here`,
  )
}

/** What becomes of a request of HTTP/1.0 that a proxy takes. Source: Envoy `accept_http_10`. */
export function doubtOfVersion({ acceptsHttp10 }: HttpSettings, { protocol }: HttpRequest, where: string): NotShown | null {
  if (!acceptsHttp10 || protocol !== 'http/1.0') return null
  return new NotShown(`${where} takes requests of HTTP/1.0 (accept_http_10), which is not modelled`)
}

/** Of a stream that a filter holds back until its end the length depends on how it comes. */
export function doubtOfStream({ messages }: HttpRequest, isEndless: boolean, where: string): NotShown | null {
  if (messages === undefined && !isEndless) return null
  return new NotShown(`${where} holds requests back until they have ended (envoy.filters.http.buffer), which is not modelled of streams`)
}

/** Who dials the port for explicit proxies asks for other hosts there. Source: Istio `core/listener.go` buildHTTPProxy. */
export function doubtOfProxyPort({ httpProxyPort }: ProxyConfig, { address, port }: Dialled): NotShown | null {
  if (httpProxyPort === undefined || port !== httpProxyPort || !address?.startsWith('127.')) return null
  return new NotShown(`port ${port} of the loopback is the sidecar's for explicit proxies (proxyHttpPort), whose routes are not modelled`)
}

/**
 * What is written of a body's length and is not so: who reads it waits for more, or takes the rest for something else, each in his own way. An encoding in chunks that
 * a rule writes keeps Envoy from making them.
 * @param where the rule or the proxy that has written it
 */
export function doubtOfLength(headers: Headers, body: string, where: string): NotShown | null {
  const told = headers.all('content-length')
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked')
    return new NotShown(`${where} writes a transfer-encoding, and no chunks are made`)
  if (told.length === 0 || (told.length === 1 && told[0] === String(new TextEncoder().encode(body).length))) return null
  return new NotShown(`${where} writes the content-length ${told.join(', ')}, which is not that of the body: what its reader does is not known`)
}
