import { hostOfCluster } from '../ir/cluster.ts'
import type { AccessLogEntry, Exchange, Hop } from '../ir/exchange.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { ProxyTelemetry } from '../ir/telemetry.ts'
import type { Registry, WorkloadInstance } from '../registry/registry.ts'
import { attributesOf, type SeenRequest } from './attributes.ts'
import { certificatesIn } from './client-certificate.ts'
import type { Certificates } from './client-certificate.ts'
import { labelsOf, labelsOfEndpoint } from './workload-labels.ts'
import type { Attributes } from './tag-expression.ts'
import type { PeerLabels } from './workload-labels.ts'

/** A request as one proxy counts it, when it has ended. */
export interface CountedRequest {
  /** Of Istio's own. */
  readonly labels: Readonly<Record<string, string>>
  /** Whose proxy counts. */
  readonly own: WorkloadInstance | undefined
  readonly side: keyof ProxyTelemetry
  /** What labels of somebody's own may speak of. */
  readonly attributes: () => Attributes
  readonly endMs: number
  readonly durationMs: number
}

/** Clusters that stand for no service. */
const ofNobody: ReadonlySet<string> = new Set(['BlackHoleCluster', 'PassthroughCluster', 'InboundPassthroughCluster'])

/** Names that istiod gives the routes to them. */
const nobodysRoutes: Readonly<Record<string, string>> = { block_all: 'BlackHoleCluster', allow_any: 'PassthroughCluster' }

const nobody: PeerLabels = {
  ...{ workload: 'unknown', namespace: 'unknown', app: 'unknown', version: 'unknown' },
  ...{ canonicalService: 'unknown', canonicalRevision: 'latest', cluster: 'unknown' },
}

/**
 * What the sidecars and gateways on the way of a request count of it: the sender's proxy the request, however often it has tried; the receiver's every
 * arrival. Connections that are passed on unread are not counted. Source: Istio's proxy, `istio_stats.cc` populatePeerInfo.
 */
export function countedRequests(exchange: Exchange, registry: Registry): readonly CountedRequest[] {
  const { hops } = exchange
  const senders = new Map<AccessLogEntry, Hop>()
  for (const hop of hops) if (hop.log && isHttp(hop.log) && !hop.mirrored) senders.set(hop.log, hop)
  const receivers = hops.flatMap((hop) => (hop.inbound && isHttp(hop.inbound) ? [{ hop, log: hop.inbound }] : []))
  return [
    ...[...senders].map(([log, hop]) => counted({ exchange, hop, log, registry }, 'client')),
    ...receivers.map(({ hop, log }) => counted({ exchange, hop, log, registry }, 'server')),
  ]
}

function counted(seen: SeenRequest, side: CountedRequest['side']): CountedRequest {
  const { log, exchange, hop, registry } = seen
  return {
    labels: side === 'client' ? atSender(exchange, hop, log, registry) : atReceiver(exchange, hop, log, registry),
    own: workloadOf(log, registry),
    side,
    attributes: () => attributesOf(seen, side === 'client' ? metBy(hop, registry) : hop.log ? workloadOf(hop.log, registry) : undefined, side),
    endMs: log.startMs + log.durationMs,
    durationMs: log.durationMs,
  }
}

/** Envoy knows no details of a response where it has read none. */
function isHttp({ details }: AccessLogEntry): boolean {
  return details !== '-'
}

/** @param hop the last try */
function atSender(exchange: Exchange, hop: Hop, log: AccessLogEntry, registry: Registry): CountedRequest['labels'] {
  const own = workloadOf(log, registry)
  const peer = peerOf(hop, log, registry)
  const certificates = certificatesOf(hop)
  const service = serviceOf(log, registry) ?? (log.direction === 'gateway' ? null : hostAsked(exchange, hop))
  const labels = {
    reporter: 'source',
    ...endLabels('source', own ? labelsOf(own) : nobody, certificates?.uri),
    ...endLabels('destination', peer, certificates?.by),
    destination_service: service?.host || 'unknown',
    destination_service_name: service?.name || 'unknown',
    destination_service_namespace: peer.namespace,
    connection_security_policy: 'unknown',
  }
  return { ...labels, ...answerLabels(exchange, hop, log) }
}

/** A proxy tells its peer who it is; of who has none, and of who was not reached, the endpoint does, and knows less. */
function peerOf({ inbound, to }: Hop, { cluster, upstreamHost }: AccessLogEntry, registry: Registry): PeerLabels {
  const met = metBy({ inbound, to }, registry)
  if (met) return labelsOf(met)
  const known = ofNobody.has(cluster) ? undefined : registry.workloadAt(upstreamHost.replace(/:\d+$/, ''))
  return known ? labelsOfEndpoint(known) : nobody
}

/** The workload whose proxy was met. */
function metBy({ inbound, to }: Pick<Hop, 'inbound' | 'to'>, registry: Registry): WorkloadInstance | undefined {
  return (inbound && to && registry.workload(to)) || undefined
}

function atReceiver(exchange: Exchange, hop: Hop, log: AccessLogEntry, registry: Registry): CountedRequest['labels'] {
  const own = workloadOf(log, registry)
  // A client without a proxy does not tell who it is.
  const sender = hop.log ? workloadOf(hop.log, registry) : undefined
  const certificates = certificatesOf(hop)
  const end = own ? labelsOf(own) : nobody
  const asked = hop.service === null ? null : namedService(hop.service, registry)
  const service = log.cluster.startsWith('inbound|') ? asked : serviceOf(log, registry)
  const labels = {
    reporter: 'destination',
    ...endLabels('source', sender ? labelsOf(sender) : nobody, certificates?.uri),
    ...endLabels('destination', end, certificates?.by),
    destination_service: service?.host || end.canonicalService,
    destination_service_name: service?.name || end.canonicalService,
    destination_service_namespace: end.namespace,
    connection_security_policy: certificates ? 'mutual_tls' : 'none',
  }
  return { ...labels, ...answerLabels(exchange, hop, log) }
}

function endLabels(end: 'source' | 'destination', peer: PeerLabels, principal: string | null | undefined): CountedRequest['labels'] {
  return {
    [`${end}_workload`]: peer.workload,
    [`${end}_workload_namespace`]: peer.namespace,
    [`${end}_principal`]: principal || 'unknown',
    [`${end}_app`]: peer.app || 'unknown',
    [`${end}_version`]: peer.version || 'unknown',
    [`${end}_cluster`]: peer.cluster,
    [`${end}_canonical_service`]: peer.canonicalService,
    [`${end}_canonical_revision`]: peer.canonicalRevision,
  }
}

function answerLabels(exchange: Exchange, hop: Hop, { status, flags }: AccessLogEntry): CountedRequest['labels'] {
  const isGrpc = grpc.test((hop.received ?? requestOf(exchange, hop))?.headers.get('content-type') ?? '')
  return {
    request_protocol: isGrpc ? 'grpc' : 'http',
    response_code: String(status),
    response_flags: flags,
    ...(isGrpc && grpcLabels(exchange, hop)),
  }
}

/** Source: Envoy `Grpc::Common::isGrpcRequestHeaders`. */
const grpc = /^application\/grpc(?:$|[+;])/

/** Of what programs call no proxy of ours keeps the trailers. */
function grpcLabels({ response }: Exchange, { parent }: Hop): CountedRequest['labels'] {
  if (parent !== -1 || !response) return {}
  const status = response.trailers?.get('grpc-status') ?? response.headers.get('grpc-status')
  return status === undefined ? {} : { grpc_response_status: status }
}

/** As the client has sent it; `null` for what a program has. */
function requestOf({ request }: Exchange, { parent }: Hop): HttpRequest | null {
  return parent === -1 ? request : null
}

interface NamedService {
  readonly host: string
  readonly name: string
}

/** That the chosen cluster, or the route where nothing was chosen, stands for. */
function serviceOf({ cluster, route }: AccessLogEntry, registry: Registry): NamedService | null {
  const stands = nobodysRoutes[route] ?? (ofNobody.has(cluster) ? cluster : null)
  if (stands !== null) return { host: '', name: stands }
  const host = hostOfCluster(cluster)
  return host ? namedService(host, registry) : null
}

/** A ServiceEntry's services have no other name than their host. */
function namedService(host: string, registry: Registry): NamedService {
  const service = registry.service(host)
  return { host, name: service?.provider === 'Kubernetes' ? service.name : host }
}

/** Sidecars take the authority for the service that is meant, where nothing else is known of it. */
function hostAsked(exchange: Exchange, hop: Hop): NamedService | null {
  const host = requestOf(exchange, hop)?.authority ?? hop.received?.authority ?? hop.service
  return host === null ? null : { host, name: host }
}

/** By `reviews-v1.default`. */
export function workloadOf({ proxy }: AccessLogEntry, registry: Registry): WorkloadInstance | undefined {
  return registry.workloads.find(({ ref }) => `${ref.name}.${ref.namespace}` === proxy)
}

/** Of a connection that the receiver's sidecar has ended. */
function certificatesOf({ received, inbound }: Hop): Certificates | null {
  return inbound && certificatesIn(received)
}
