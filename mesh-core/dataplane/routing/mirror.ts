import { isGrpc } from '../messages/grpc.ts'
import type { UpstreamHttp } from '../../ir/cluster.ts'
import type { HttpRequest } from '../../ir/message.ts'
import type { MirrorPolicy } from '../../ir/route.ts'
import { LogRecord } from '../evidence.ts'
import type { ProxiedRequest } from '../proxied-request.ts'
import { blindly } from '../balancing/balancer.ts'
import type { Timeouts } from '../upstream/timeouts.ts'
import { destinationOf } from '../upstream/upstream.ts'
import { speak } from '../upstream/upstream-http.ts'
import { UpstreamRequest } from '../upstream/upstream-request.ts'

const million = 1_000_000

/**
 * Copies of a request that nobody waits for; what becomes of them the client never learns, and the cluster does: they count among its connections and
 * failures. Source: Envoy `Router::Filter`, `ShadowWriterImpl`.
 */
export function sendMirrors(proxied: ProxiedRequest, policies: readonly MirrorPolicy[], timeouts: Timeouts): void {
  for (const policy of policies) if (proxied.plane.chance.mirror.below(million) < policy.ppm) sendMirror(proxied, policy, timeouts)
}

function sendMirror(proxied: ProxiedRequest, policy: MirrorPolicy, timeouts: Timeouts): void {
  const { plane, proxy, place, origin } = proxied
  const cluster = proxy.cluster(policy.cluster)
  // A copy is on no connection of a client, whose destination could be kept. Source: Envoy `OriginalDstCluster::LoadBalancer::chooseHost`, `AsyncStreamImpl`.
  if (!cluster || cluster.config.discovery === 'original-dst') return
  const destination = destinationOf(proxied, cluster, blindly)
  if (!destination) return
  const log = new LogRecord(proxy.name, proxied.log.direction, plane.clock.now())
  log.cluster = policy.cluster
  log.route = proxied.log.route
  log.upstreamHost = destination.address
  log.attempts = 1
  const request = shadowOf(proxied.request, policy, { ownAddress: proxy.place.address, timeouts, http: cluster.config.http })
  const tried = { plane, place, proxy, origin: { ...origin, log }, isCall: isGrpc(request) }
  const upstream = new UpstreamRequest(tried, cluster, destination, { request, attempt: 1, limitMs: 0, isWrong: false, mirrored: true }, (end) => {
    late?.cancel()
    log.durationMs = plane.clock.now() - log.startMs
    if (typeof end !== 'string') log.status = end.status
  })
  // It has the time of the request that it was made of. Source: Envoy `router.cc`, ShadowWriter's RequestOptions.
  const late = timeouts.total > 0 ? plane.clock.deadline(timeouts.total, () => upstream.expire(), `${proxy.name} sends a copy`) : null
  upstream.start()
}

/** The proxy itself is the client of the copy, an internal one, and says so. It gives the copy the time of all tries, not that of one. */
function shadowOf(
  request: HttpRequest,
  policy: MirrorPolicy,
  { ownAddress, timeouts, http }: { readonly ownAddress: string; readonly timeouts: Timeouts; readonly http: UpstreamHttp },
): HttpRequest {
  const headers = request.headers.copy()
  const before = headers.all('x-forwarded-for').join(',')
  headers.set('x-forwarded-for', before === '' ? ownAddress : `${before},${ownAddress}`)
  headers.set('x-envoy-internal', 'true')
  if (timeouts.total > 0) headers.set('x-envoy-expected-rq-timeout-ms', String(timeouts.total))
  const copy = { ...request, headers, authority: policy.appendShadowSuffix ? shadowHost(request.authority) : request.authority }
  speak(copy, http)
  return copy
}

function shadowHost(authority: string): string {
  const port = /:\d+$/.exec(authority)
  return port ? `${authority.slice(0, port.index)}-shadow${port[0]}` : `${authority}-shadow`
}
