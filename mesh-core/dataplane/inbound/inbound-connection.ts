import type { InboundChain, InboundPort } from '../../ir/inbound-port.ts'
import type { HttpRequest } from '../../ir/message.ts'
import type { DownstreamTls } from '../../ir/tls.ts'
import { chooseFilterChain, inspectsTls } from '../../match/filter-chain.ts'
import { seenConnection, unseenTls } from '../seen-connection.ts'
import { handshake } from '../tls/tls-handshake.ts'
import type { HandshakeFailure, TlsLayer } from '../tls/tls-handshake.ts'

/** What a receiver's sidecar makes of a connection. */
export interface Entered {
  /** `null`: it is for none, and is closed. */
  readonly chain: InboundChain | null
  readonly failure: HandshakeFailure | null
  /** TLS that is still around what comes, the outermost first. */
  readonly layers: readonly TlsLayer[]
  /** ALPN has settled HTTP/2, which a sidecar that reads HTTP prefers; otherwise the first bytes tell the version. Source: Envoy `HttpConnectionManagerConfig::createCodec`, Istio `pilot/pkg/networking/util` ALPNHttp. */
  readonly isHttp2: boolean
}

/** Source: Istio `security/authn/utils/utils.go` BuildInboundTLS. */
const mutualTls: DownstreamTls = {
  certificates: [{ kind: 'workload' }],
  clients: { trusted: { kind: 'workload' }, required: true, subjectAltNames: [] },
  minVersion: null,
  maxVersion: null,
  cipherSuites: [],
  applicationProtocols: [],
}

/** @param identity of the workload */
export function enterSidecar({ chains }: InboundPort, identity: string, request: HttpRequest, layers: readonly TlsLayer[]): Entered {
  const [outer, ...inner] = layers
  // Chains of one port are told apart by nothing that an address could say.
  const connection = outer && !inspectsTls(chains) ? unseenTls('') : seenConnection('', 0, request, outer)
  const chain = chooseFilterChain(chains, connection)
  if (!chain?.endsTls) return { chain, failure: null, layers, isHttp2: false }
  const isHttp2 = outer?.applicationProtocols?.includes('h2') ?? false
  return { chain, failure: outer ? handshake(mutualTls, outer, identity) : 'closed', layers: inner, isHttp2 }
}
