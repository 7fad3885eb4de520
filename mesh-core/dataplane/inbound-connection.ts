import type { InboundChain, InboundPort } from '../ir/inbound-port.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { DownstreamTls } from '../ir/tls.ts'
import { chooseFilterChain, inspectsTls } from '../match/filter-chain.ts'
import { seenConnection, unseenTls } from './seen-connection.ts'
import { handshake } from './tls-handshake.ts'
import type { HandshakeFailure, TlsLayer } from './tls-handshake.ts'

/** What a receiver's sidecar makes of a connection. */
export interface Entered {
  /** `null`: it is for none, and is closed. */
  readonly chain: InboundChain | null
  readonly failure: HandshakeFailure | null
  /** TLS that is still around what comes, the outermost first. */
  readonly layers: readonly TlsLayer[]
  /** The version of HTTP that ALPN has settled; `null`: the first bytes tell it. Source: Envoy `HttpConnectionManagerConfig::createCodec`. */
  readonly settled: string | null
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

/** Where HTTP is read, in the order of the server. Source: Istio `pilot/pkg/networking/util` ALPNHttp. */
const httpProtocols = ['h2', 'http/1.1']

/** @param identity of the workload */
export function enterSidecar({ chains }: InboundPort, identity: string, request: HttpRequest, layers: readonly TlsLayer[]): Entered {
  const [outer, ...inner] = layers
  // Chains of one port are told apart by nothing that an address could say.
  const connection = outer && !inspectsTls(chains) ? unseenTls('') : seenConnection('', 0, request, outer)
  const chain = chooseFilterChain(chains, connection)
  if (!chain?.endsTls) return { chain, failure: null, layers, settled: null }
  const settled = httpProtocols.find((name) => outer?.applicationProtocols?.includes(name)) ?? null
  return { chain, failure: outer ? handshake(mutualTls, outer, identity) : 'closed', layers: inner, settled }
}
