import type { Cluster, Endpoint, UpstreamTls } from '../../ir/cluster.ts'
import type { HttpRequest } from '../../ir/message.ts'
import { isIpAddress } from '../../registry/dns.ts'
import { endsInferredTls } from '../../registry/outsiders.ts'
import { identitiesBehind } from '../../registry/spiffe.ts'
import { splitAuthority } from '../dial.ts'
import type { Plane } from '../plane.ts'
import type { ProxyRuntime } from '../proxy-runtime.ts'
import type { TlsLayer } from '../tls/tls-handshake.ts'
import { versionTo } from './upstream-http.ts'

const plain: readonly TlsLayer[] = []

/**
 * What a sidecar offers: for HTTP its `istio.alpn` filter chooses it, for bytes the cluster, whatever they are.
 * Source: Istio `pilot/pkg/networking/util` ALPNInMeshWithMxc, ALPNInMeshH2WithMxc, `xdsfilters/filters.go` Alpn.
 */
const meshProtocols = {
  http1: ['istio-http/1.1', 'istio', 'http/1.1'],
  http2: ['istio-h2', 'istio', 'h2'],
  bytes: ['istio-peer-exchange', 'istio'],
  bytesToHttp2: ['istio-peer-exchange', 'istio', 'h2'],
} as const

function offeredTo(cluster: Cluster, request: HttpRequest | null): readonly string[] {
  if (request !== null) return meshProtocols[versionTo(cluster, request)]
  return meshProtocols[cluster.http === 'http2' ? 'bytesToHttp2' : 'bytes']
}

/**
 * What a proxy wraps a connection to a cluster in. Source: Envoy `UpstreamTlsContext`.
 * @param endpoint that was chosen; `null` where the client had chosen an address
 * @param request `null` for what is no HTTP
 */
export function layersTo(
  plane: Plane,
  proxy: ProxyRuntime,
  cluster: Cluster,
  endpoint: Endpoint | null,
  request: HttpRequest | null,
): readonly TlsLayer[] {
  const { tls } = cluster
  const offered = offeredTo(cluster, request)
  switch (tls.mode) {
    case 'disable':
      return plain
    case 'auto':
      return takesMutualTls(plane, cluster, endpoint) ? [meshLayer(plane, proxy, cluster, { sni: null, subjectAltNames: null, offered })] : plain
    case 'istio-mutual':
      return [meshLayer(plane, proxy, cluster, { ...tls, offered })]
    case 'originate':
      return [originated(tls, request?.authority ?? null)]
  }
}

/**
 * Who was dialled says nothing of itself: a cluster that keeps the original destination begins mutual TLS whoever that is, once the compiler has inferred that it
 * may. Source: Istio `core/cluster_tls.go` applyUpstreamTLSSettings.
 */
function takesMutualTls({ model }: Plane, { discovery, endpoints }: Cluster, endpoint: Endpoint | null): boolean {
  const endsTls = (one: Endpoint): boolean => endsInferredTls(one, model.registry, (who, port) => model.applicationTls(who, port))
  if (discovery === 'original-dst') return endpoints.every(endsTls)
  return endpoint !== null && endpoint.tlsMode === 'istio' && endsTls(endpoint)
}

function originated(tls: Extract<UpstreamTls, { mode: 'originate' }>, authority: string | null): TlsLayer {
  const { serverName, certificate, validation, applicationProtocols } = tls
  const host = authority === null ? null : splitAuthority(authority, 'http').hostname
  const pair = certificate?.kind === 'secret' ? certificate.pair : null
  return {
    serverName: serverName ?? (host !== null && isName(host) ? host : null),
    ...(pair && { certificate: pair }),
    expects: validation && { ...validation, host: validation.ofHost ? host : null },
    applicationProtocols: applicationProtocols.length > 0 ? applicationProtocols : host === null ? [] : ['http/1.1'],
    ready: isReady(certificate) && (validation?.trusted.kind !== 'secret' || validation.trusted.certificates !== null),
  }
}

/** By an address no name is asked for, and by a request that has lost its Host neither, though that has the certificate be for "". Source: Envoy `router.cc` decodeHeaders. */
function isName(host: string): boolean {
  return host !== '' && !isIpAddress(host)
}

function isReady(certificate: Extract<UpstreamTls, { mode: 'originate' }>['certificate']): boolean {
  return certificate?.kind !== 'secret' || certificate.pair !== null
}

/** `outbound_.80_.v1_.reviews.default.svc.cluster.local`. Source: Istio `model.BuildDNSSrvSubsetKey`. */
function clusterServerName(cluster: string): string {
  return cluster.replaceAll('|', '_.')
}

interface MeshTls {
  /** `null` for the name of the cluster, and for the identities behind it. */
  readonly sni: string | null
  readonly subjectAltNames: readonly string[] | null
  /** ALPN. */
  readonly offered: readonly string[]
}

function meshLayer(plane: Plane, { place }: ProxyRuntime, cluster: Cluster, { sni, subjectAltNames, offered }: MeshTls): TlsLayer {
  const names = subjectAltNames ?? identitiesOf(plane, cluster)
  return {
    identity: place.identity,
    serverName: sni ?? serverNameOf(cluster),
    applicationProtocols: offered,
    expects: { trusted: { kind: 'workload' }, subjectAltNames: names, host: null },
  }
}

const serverNames = new WeakMap<Cluster, string>()

function serverNameOf(cluster: Cluster): string {
  let known = serverNames.get(cluster)
  if (known === undefined) serverNames.set(cluster, (known = clusterServerName(cluster.name)))
  return known
}

const identities = new WeakMap<Cluster, readonly string[]>()

function identitiesOf({ model: { registry } }: Plane, cluster: Cluster): readonly string[] {
  let known = identities.get(cluster)
  if (known === undefined) identities.set(cluster, (known = identitiesBehind(cluster, registry)))
  return known
}
