import type { HttpRequest } from '../ir/message.ts'
import type { FilterChain, Listener } from '../ir/proxy-config.ts'
import type { DownstreamTls } from '../ir/tls.ts'
import { chooseFilterChain, inspectsHttp } from '../match/filter-chain.ts'
import type { Dialled } from './dial.ts'
import { nameOfChain, senderOf } from './entrance.ts'
import { HopRecord, LogRecord } from './evidence.ts'
import type { Place } from './evidence.ts'
import { waitsForBytes } from './tcp/first-bytes.ts'
import { withinLimits } from './limited-connections.ts'
import { badRequest } from './replies/local-reply.ts'
import { doubtOfProxyPort } from './doubtful.ts'
import type { Done, InFlight } from './outcome.ts'
import type { Plane } from './plane.ts'
import { ProxiedRequest } from './proxied-request.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'
import { seenConnection } from './seen-connection.ts'
import { afterWaiting } from './waiting.ts'
import { noteKeptOut, noteUnused, proxyTcp } from './tcp/tcp-proxy.ts'
import { forwardedClientCertificate, handshake, namesShownBy } from './tls/tls-handshake.ts'
import type { TlsLayer } from './tls/tls-handshake.ts'

/**
 * A connection that reaches a proxy: to the listener and the filter chain that take it.
 * @param layers of TLS around the request, the outermost first
 */
export function connect(
  plane: Plane,
  place: Place,
  proxy: ProxyRuntime,
  request: HttpRequest,
  target: Dialled,
  done: Done,
  layers: readonly TlsLayer[],
): InFlight | null {
  const doubt = doubtOfProxyPort(proxy.config, target)
  if (doubt) {
    place.exchange.fail(doubt)
    return null
  }
  const listener = proxy.listenerFor(target.address ?? '', target.port)
  if (!listener) {
    done('refused')
    return null
  }
  // No client here begins with such a header. Source: Envoy `proxy_protocol.cc`.
  if (listener.proxyProtocol) {
    done('closed')
    return null
  }
  if (request.serverFirst && layers.length === 0 && isSeenBefore(proxy, listener))
    return afterWaiting(plane, firstBytesMs, `${proxy.name} waits for a client's first bytes`, () => (done('closed'), null))
  const begin = (): InFlight | null => take(plane, place, proxy, request, { target, listener, layers }, done)
  if (layers.length > 0 || !waitsForBytes(listener.filterChains, request)) return begin()
  // Unless the mesh says so, there is no time limit for the look. Source: MeshConfig `protocolDetectionTimeout`.
  const { detectionTimeoutMs } = listener
  return detectionTimeoutMs !== undefined && inspectsHttp(listener.filterChains)
    ? afterWaiting(plane, detectionTimeoutMs, `${proxy.name} waits for a client's first bytes`, begin)
    : hanging
}

/**
 * Whatever is redirected passes the listener for the rest first, which may look for HTTP: a client that says nothing is closed, whoever would have taken it.
 * Source: Envoy `active_tcp_socket.cc` newConnection, `listener_filters_timeout`.
 */
function isSeenBefore({ captureListener }: ProxyRuntime, { bindsToPort }: Listener): boolean {
  return captureListener !== null && !bindsToPort && inspectsHttp(captureListener.filterChains)
}

/** Envoy's own, which istiod leaves at that listener. */
const firstBytesMs = 15_000

interface Accepted {
  readonly target: Dialled
  readonly listener: Listener
  readonly layers: readonly TlsLayer[]
}

function take(plane: Plane, place: Place, proxy: ProxyRuntime, request: HttpRequest, accepted: Accepted, done: Done): InFlight | null {
  const { target, listener, layers } = accepted
  const chain =
    chooseFilterChain(listener.filterChains, seenConnection(target.address ?? '', target.port, request, layers[0])) ?? listener.defaultFilterChain
  if (!chain) {
    done('closed')
    return null
  }
  const begin = (end: Done): InFlight | null => enter(plane, place, proxy, request, { ...accepted, chain }, end)
  const { limits, filter } = chain
  if (!limits || limits.length === 0) return begin(done)
  const note = (): void => {
    if (filter.kind === 'tcp') noteKeptOut(plane, place, proxy, filter, target, listener)
  }
  const { namespace, instance } = proxy.place.ref
  return withinLimits({ plane, place, chain: `${namespace}/${instance} ${nameOfChain({ listener, chain })}`, limits, note }, done, begin)
}

function enter(
  plane: Plane,
  place: Place,
  proxy: ProxyRuntime,
  request: HttpRequest,
  { target, listener, layers, chain }: Accepted & { readonly chain: FilterChain },
  done: Done,
): InFlight | null {
  const [outer, ...inner] = layers
  const failure = chain.tls && (outer ? handshake(chain.tls, outer, proxy.place.identity) : 'closed')
  if (failure) {
    const isAsked = chain.filter.kind !== 'tcp' || noteUnused(plane, place, proxy, chain.filter, target, listener)
    done(isAsked ? failure : 'closed')
    return null
  }
  // Behind TLS that has ended here only what it held is passed on.
  const rest = chain.tls ? inner : layers
  const peer = chain.tls?.clients && outer ? namesShownBy(outer) : []
  const serverName = outer?.serverName ?? ''
  if (chain.filter.kind === 'tcp')
    return proxyTcp(plane, place, proxy, chain.filter, request, { target, listener, layers: rest, peer, serverName }, done)
  if (request.serverFirst) return hanging
  if (request.protocol === 'tcp' || rest.length > 0) {
    refuseBytes(plane, place, proxy, target)
    done(rest.length > 0 ? 'tls: WRONG_VERSION_NUMBER' : badRequest())
    return null
  }
  const { routeTable, pathNormalization, settings = {} } = chain.filter
  const certificate = chain.tls?.clients && outer ? forwardedClientCertificate(outer, ownIdentity(chain.tls, proxy)) : null
  const entrance = {
    listener,
    peer,
    serverName,
    chain,
    table: routeTable,
    normalization: pathNormalization,
    settings,
    target,
    certificate,
  }
  const proxied = new ProxiedRequest(plane, place, proxy, entrance, { ...request, scheme: chain.tls ? 'https' : 'http' }, done)
  try {
    proxied.start()
  } catch (error) {
    // Config that the data plane does not model: no answer of the mesh, and not to be taken for one.
    place.exchange.fail(error)
  }
  return proxied
}

/** Each side waits for the other. */
const hanging: InFlight = { abandon: () => {} }

/** That it shows by its certificate: those of Secrets name none. */
function ownIdentity({ certificates }: DownstreamTls, { place }: ProxyRuntime): string | null {
  return certificates.some(({ kind }) => kind === 'workload') ? place.identity : null
}

/** HTTP was expected: its parser answers in plaintext, which no client of TLS can read. */
function refuseBytes(plane: Plane, place: Place, proxy: ProxyRuntime, target: Dialled): void {
  const log = new LogRecord(proxy.name, proxy.edge ? 'gateway' : 'outbound', plane.clock.now())
  log.raise('DPE')
  log.details = 'http1.codec_error'
  const from = senderOf(place, proxy)
  place.exchange.hops.push(new HopRecord({ parent: place.parent, from, service: target.service, log, explain: null }))
}
