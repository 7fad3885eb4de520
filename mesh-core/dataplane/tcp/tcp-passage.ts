import { isTlsError } from '../../ir/exchange.ts'
import type { HttpRequest } from '../../ir/message.ts'
import { Delivery } from '../delivery.ts'
import { HopRecord } from '../evidence.ts'
import type { HopOrigin, LogRecord, Place } from '../evidence.ts'
import { withoutStream, type Done, type InFlight } from '../outcome.ts'
import type { Plane } from '../plane.ts'
import type { ProxyRuntime } from '../proxy-runtime.ts'
import type { ConnectionTimers } from './tcp-timers.ts'
import { listens, raiseFailure } from './tcp-upstream.ts'
import type { TcpFilter, Upstream } from './tcp-upstream.ts'
import type { TlsLayer } from '../tls/tls-handshake.ts'
import { requestFor } from './tunnel.ts'

/** A connection that the proxy has dialled for. */
export interface Passage {
  readonly plane: Plane
  readonly place: Place
  readonly proxy: ProxyRuntime
  readonly filter: TcpFilter
  readonly request: HttpRequest
  /** TLS that is still around the bytes. */
  readonly layers: readonly TlsLayer[]
  readonly upstream: Upstream
  readonly log: LogRecord
  readonly origin: HopOrigin
  /** What its log says of a client that may not come in, and whose bytes go nowhere. */
  readonly keptOut: { readonly flag?: string; readonly details?: string } | null
  readonly timers: ConnectionTimers
}

export interface Passing extends InFlight {
  /** The connection has been closed for its age, or since nothing was said: what its log has of that. */
  expire(): void
}

/** Its bytes go on, or the connection is closed that they would have gone on through. */
export function pass({ plane, place, proxy, filter, request, layers, upstream, log, origin, keptOut, timers }: Passage, done: Done): Passing {
  const { receiver, port, tls, http, close } = upstream
  const copy = { ...request, headers: request.headers.copy() }
  const isSilent = keptOut !== null
  const { tunnel } = filter
  const opened = (inner: Delivery): void => {
    delivery = inner
    timers.restart()
  }
  const wrapped = tunnel
    ? { request: requestFor(tunnel, http), tls, carries: { request: copy, layers, isSilent, opened } }
    : { request: copy, ...(isSilent ? { tls, isSilent } : { tls: [...tls, ...layers] }) }
  const shipment = { place, origin, attempt: 1, mirrored: false, ...wrapped, port, source: proxy.place.address }
  const first = new Delivery(shipment, receiver)
  let delivery = first
  let isOver = false
  /** Of a tunnel that is still asked for. */
  const isPending = (): boolean => tunnel !== undefined && delivery === first
  const connectsAtOnce = tls.length === 0 && tunnel === undefined && listens(upstream)
  if (connectsAtOnce) upstream.note(true)
  timers.restart()
  first.start(plane, shipment, receiver, (outcome) => {
    // What answers a connection that has been closed is told nobody.
    if (isOver) return
    timers.stop()
    close()
    log.durationMs = plane.clock.now() - log.startMs
    if (typeof outcome !== 'string') delivery.hop.status = outcome.status
    if (isPending()) {
      upstream.note(false)
      raiseFailure(log, 'refused')
      keepHop()
      return done('closed')
    }
    if (typeof outcome !== 'string') {
      if (!connectsAtOnce) upstream.note(true)
      return done(outcome)
    }
    // Of TLS that the proxy has only passed on it knows nothing.
    if (keptOut && delivery.endsInOrder) {
      log.details = keptOut.details ?? log.details
      if (keptOut.flag !== undefined) log.raise(keptOut.flag)
    }
    const isOfClient = isTlsError(outcome) && (tunnel !== undefined || tls.length === 0 || delivery.endedTls)
    if (!delivery.endsInOrder && !isOfClient) raiseFailure(log, withoutStream(outcome))
    keepHop()
    const isUnconnected = outcome === 'refused' || (isTlsError(outcome) && !isOfClient)
    if (!connectsAtOnce) upstream.note(!isUnconnected)
    // It has taken the connection before it knew whether anybody would take it from it.
    done(isUnconnected ? 'closed' : outcome)
  })
  function keepHop(): void {
    if (!place.exchange.hops.includes(delivery.hop)) place.exchange.hops.push(new HopRecord(origin))
  }
  return {
    abandon: () => {
      isOver = true
      close()
      first.abandon()
    },
    expire: () => {
      if (isPending()) log.raise('UF')
      keepHop()
    },
  }
}
