import type { HttpRequest } from '../ir/message.ts'
import type { ClientTls } from '../ir/tls.ts'
import { chooseFilterChain } from '../match/filter-chain.ts'
import type { Connection } from '../match/filter-chain.ts'
import { serverNameOf } from './dial.ts'
import type { Dialled } from './dial.ts'
import { HopRecord, LogRecord } from './evidence.ts'
import type { Place } from './evidence.ts'
import { badRequest } from './local-reply.ts'
import type { Done, InFlight } from './outcome.ts'
import type { Plane } from './plane.ts'
import { ProxiedRequest } from './proxied-request.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'
import { proxyTcp } from './tcp-proxy.ts'
import { handshake } from './tls-handshake.ts'

/** A connection that reaches a proxy: to the listener and the filter chain that take it. */
export function connect(
  plane: Plane,
  place: Place,
  proxy: ProxyRuntime,
  request: HttpRequest,
  target: Dialled,
  done: Done,
  tls: ClientTls = {},
): InFlight | null {
  const listener = proxy.listenerFor(target.address ?? '', target.port)
  if (!listener) {
    done('refused')
    return null
  }
  const secure = request.scheme === 'https'
  const connection = secure ? tlsConnection(target, tls) : plainConnection(target, request)
  const chain = chooseFilterChain(listener.filterChains, connection) ?? listener.defaultFilterChain
  if (!chain) {
    done('closed')
    return null
  }
  const failure = chain.tls && (secure ? handshake(chain.tls, tls, connection.serverName) : 'closed')
  if (failure) {
    done(failure)
    return null
  }
  // Behind TLS that has ended here only what it held is passed on.
  if (chain.filter.kind === 'tcp')
    return proxyTcp(
      plane,
      place,
      proxy,
      chain.filter,
      chain.tls ? { ...request, scheme: 'http' } : request,
      { target, listener: listener.name },
      done,
    )
  const isHttp = request.protocol !== 'tcp' && (!secure || chain.tls !== null)
  if (!isHttp) {
    refuseBytes(plane, place, proxy, target)
    done(secure ? 'tls: WRONG_VERSION_NUMBER' : badRequest())
    return null
  }
  const { routeTable, pathNormalization } = chain.filter
  const proxied = new ProxiedRequest(plane, place, proxy, { listener, table: routeTable, normalization: pathNormalization, target }, request, done)
  try {
    proxied.start()
  } catch (error) {
    // Config that the data plane does not model: no answer of the mesh, and not to be taken for one.
    place.exchange.fail(error)
  }
  return proxied
}

const http1: readonly string[] = ['http/1.1']

const nothing: readonly string[] = []

function plainConnection({ address }: Dialled, { protocol }: HttpRequest): Connection {
  return { address: address ?? '', serverName: null, transport: 'raw_buffer', applicationProtocols: protocol === 'tcp' ? nothing : http1 }
}

function tlsConnection(target: Dialled, tls: ClientTls): Connection {
  const serverName = serverNameOf(target, tls)?.toLowerCase() ?? null
  return { address: target.address ?? '', serverName, transport: 'tls', applicationProtocols: tls.applicationProtocols ?? [] }
}

/** HTTP was expected: its parser answers in plaintext, which no client of TLS can read. */
function refuseBytes(plane: Plane, place: Place, proxy: ProxyRuntime, target: Dialled): void {
  const log = new LogRecord(proxy.name, proxy.edge ? 'gateway' : 'outbound', plane.clock.now())
  log.raise('DPE')
  log.details = 'http1.codec_error'
  const from = proxy.edge ? null : proxy.place.ref
  place.exchange.hops.push(new HopRecord({ parent: place.parent, from, service: target.service, log, explain: null }))
}
