import type { AccessPolicy } from '../ir/access.ts'
import type { Cluster } from '../ir/cluster.ts'
import { NotShown } from '../ir/not-shown.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { HttpSettings, ProxyConfig } from '../ir/proxy-config.ts'
import { denialOf } from '../match/access.ts'
import type { AccessSubject } from '../match/access.ts'
import type { Dialled } from './dial.ts'

/** A server that expects no header of the PROXY protocol takes it for a broken request, and one that expects it takes nothing else: no config says which it is. */
export function doubtOfServer({ proxyProtocol, destination, name }: Cluster): NotShown | null {
  if (!proxyProtocol) return null
  return new NotShown(
    `connections to ${destination?.host ?? name} begin with a header of the PROXY protocol (proxyProtocol ${proxyProtocol} of its DestinationRule): whether a server takes it is not known here`,
  )
}

/** Connections of bytes that rules of CUSTOM fit: who is asked about them over gRPC is not asked here. Source: Istio `security/authz/builder/extauthz.go`. */
export function doubtOfBytes(asked: readonly AccessPolicy[] | undefined, subject: AccessSubject, where: string): NotShown | null {
  const policy = asked?.find((one) => denialOf([{ action: 'DENY', policies: [one] }], subject) !== null)
  if (!policy) return null
  return new NotShown(`${where} asks ${policy.provider} over gRPC about connections of bytes (${policy.origin.resource}), which is not modelled`)
}

/** What becomes of a request of HTTP/1.0 that a proxy takes. Source: Envoy `accept_http_10`. */
export function doubtOfVersion({ acceptsHttp10 }: HttpSettings, { protocol }: HttpRequest, where: string): NotShown | null {
  if (!acceptsHttp10 || protocol !== 'http/1.0') return null
  return new NotShown(`${where} takes requests of HTTP/1.0 (ISTIO_META_HTTP10), which is not modelled`)
}

/** Who dials the port for explicit proxies asks for other hosts there. Source: Istio `core/listener.go` buildHTTPProxy. */
export function doubtOfProxyPort({ httpProxyPort }: ProxyConfig, { address, port }: Dialled): NotShown | null {
  if (httpProxyPort === undefined || port !== httpProxyPort || !address?.startsWith('127.')) return null
  return new NotShown(`port ${port} of the loopback is the sidecar's for explicit proxies (proxyHttpPort), whose routes are not modelled`)
}
