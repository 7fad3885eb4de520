import type { Cluster, UpstreamHttp } from '../../../../mesh-core/ir/cluster.ts'
import type { InboundChain } from '../../../../mesh-core/ir/inbound-port.ts'
import { rawBuffer } from './announced.ts'
import { optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { originatedTls, upstreamVersions } from './originated-tls.ts'
import type { Placement, SecretSource } from './placement.ts'

/** What istiod's sidecars say of themselves, so that inbound sides know mutual TLS of the mesh from TLS of applications. Source: Istio `pilot/pkg/networking/util` ALPNInMesh. */
const meshProtocols = ['istio-peer-exchange', 'istio']
/**
 * What a sidecar offers for HTTP; its own `istio.alpn` filter would choose it of `meshProtocols`. Where the client decides the version nothing is offered that
 * both ends know, so that the other end goes by what it is sent.
 */
const offered: Readonly<Record<UpstreamHttp, readonly string[]>> = {
  http1: ['istio-http/1.1', 'istio', 'http/1.1'],
  http2: ['istio-h2', 'istio', 'h2'],
  client: ['istio'],
}
/** Source: Istio `core/listener.go` allIstioMtlsALPNs. */
const ofPeers = ['istio-http/1.0', 'istio-http/1.1', 'istio-h2', ...meshProtocols]

/** Which endpoints of an `auto` cluster take mutual TLS. Source: Envoy `envoy.transport_socket_match`. */
export const takesMutualTls: Json = { 'envoy.transport_socket_match': { tlsMode: 'istio' } }

/**
 * How a proxy secures its connections to a cluster.
 * @param peers identities that the endpoints may have; empty for any
 */
export function clusterSockets({ tls, name, http }: Cluster, placement: Placement, peers: readonly string[]): Json {
  if (tls.mode === 'disable') return {}
  if (tls.mode === 'originate') return { transport_socket: originatedTls(tls, placement) }
  const source = placement.own()
  if (tls.mode === 'istio-mutual') return { transport_socket: upstreamTls(tls.sni ?? serverName(name), http, source, tls.subjectAltNames ?? peers) }
  return {
    transport_socket_matches: [
      { name: 'tlsMode-istio', match: { tlsMode: 'istio' }, transport_socket: upstreamTls(serverName(name), http, source, peers) },
      { name: 'tlsMode-disabled', match: {}, transport_socket: rawBuffer },
    ],
  }
}

/** `outbound_.80_.v1_.reviews.default.svc.cluster.local`. Source: Istio `model.BuildDNSSrvSubsetKey`. */
function serverName(cluster: string): string {
  return cluster.replaceAll('|', '_.')
}

function upstreamTls(sni: string, http: UpstreamHttp, source: SecretSource, peers: readonly string[]): Json {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      common_tls_context: { ...commonContext(source, peers), tls_params: upstreamVersions, alpn_protocols: offered[http] },
      sni,
    }),
  }
}

/** The receiving end of mutual TLS in the mesh. */
export function inboundTls(source: SecretSource): Json {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      common_tls_context: { ...commonContext(source, []), alpn_protocols: ['h2', 'http/1.1'] },
      require_client_certificate: true,
    }),
  }
}

function commonContext({ own, root, configSource }: SecretSource, peers: readonly string[]): Json {
  const secret = (name: string) => ({ name, sds_config: configSource })
  const names = peers.map((exact) => ({ san_type: exact.includes('://') ? 'URI' : 'DNS', matcher: { exact } }))
  return {
    tls_certificate_sds_secret_configs: [secret(own)],
    combined_validation_context: {
      default_validation_context: optional('match_typed_subject_alt_names', names),
      validation_context_sds_secret_config: secret(root),
    },
  }
}

/**
 * Without `istio.alpn` a sidecar of a port whose protocol is seen by its first bytes does not say whether HTTP is within its mutual TLS: it is taken to be.
 * Source: Istio `core/filterchain_options.go`, whose chains for HTTP and for all else are one here.
 */
export function seenProtocols(chains: readonly InboundChain[]): readonly InboundChain[] {
  const ofHttp = chains.find(({ endsTls, reads, applicationProtocols }) => endsTls && reads === 'http' && applicationProtocols.length > 0)
  if (!ofHttp) return chains
  const others = chains.filter(({ endsTls, reads, applicationProtocols }) => !(endsTls && reads === 'bytes' && applicationProtocols.length > 0))
  return others.map((chain) => (chain === ofHttp ? { ...chain, applicationProtocols: ofPeers } : chain))
}

export function certificateSecret(name: string, pair: { readonly certificateChain: string; readonly privateKey: string }): Json {
  const certificate = { certificate_chain: { inline_string: pair.certificateChain }, private_key: { inline_string: pair.privateKey } }
  return typed('envoy.extensions.transport_sockets.tls.v3.Secret', { name, tls_certificate: certificate })
}

export function authoritySecret(name: string, certificate: string): Json {
  return typed('envoy.extensions.transport_sockets.tls.v3.Secret', { name, validation_context: { trusted_ca: { inline_string: certificate } } })
}
