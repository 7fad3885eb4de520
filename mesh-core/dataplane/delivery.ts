import type { WorkloadRef } from '../ir/cluster.ts'
import { isTlsError } from '../ir/exchange.ts'
import { blackHole } from '../ir/inbound-port.ts'
import type { InboundChain, InboundPort } from '../ir/inbound-port.ts'
import type { HttpRequest } from '../ir/message.ts'
import { awaitsFirstBytes } from '../match/filter-chain.ts'
import { hostOf } from './application.ts'
import { afterWaiting, connect } from './connect.ts'
import { brokenOff } from './transport-failure.ts'
import { HopRecord, LogRecord } from './evidence.ts'
import type { HopOrigin, Place } from './evidence.ts'
import { accessSubject, refusedAt } from './inbound-access.ts'
import { enterSidecar } from './inbound-connection.ts'
import { InboundSidecar } from './inbound-sidecar.ts'
import type { Done, InFlight, Outcome } from './outcome.ts'
import type { Peer, Plane, WorkloadRuntime } from './plane.ts'
import { badRequest } from './local-reply.ts'
import { answersAt } from './receiver.ts'
import { runProgram } from './run-program.ts'
import { takenByApplication } from './taken-by-application.ts'
import type { HandshakeFailure, TlsLayer } from './tls-handshake.ts'
import { isWithoutEnd, opensTunnel } from './tunnel.ts'
import type { Carried } from './tunnel.ts'
import { opensWebSocket } from './upgrade.ts'

/** One try of a request on its way to one peer. */
export interface Shipment {
  readonly place: Place
  readonly origin: HopOrigin
  readonly request: HttpRequest
  readonly attempt: number
  readonly mirrored: boolean
  /** What it is wrapped in, the outermost first. */
  readonly tls: readonly TlsLayer[]
  readonly port: number
  /** Address that it comes from. */
  readonly source: string
  /** Its connection stays open for the next: it is a proxy's that reads HTTP. */
  readonly pooled?: boolean
  /** Its sender opens the connection and closes it again: no byte of the request comes. */
  readonly isSilent?: boolean
  /** It comes from the same pod, and not from its proxy, or through a tunnel: no sidecar sees it. */
  readonly within?: boolean
  /** The request opens a tunnel for this. */
  readonly carries?: Carried
}

/** Bytes that a sidecar does not look into. */
interface Passed {
  readonly workload: WorkloadRuntime
  readonly layers: readonly TlsLayer[]
  readonly inboundPort: InboundPort
  /** Do they end with the request? */
  readonly isTold: boolean
}

function logOfBytes(plane: Plane, workload: WorkloadRuntime, { cluster, leadsTo }: InboundPort): LogRecord {
  const log = new LogRecord(workload.name, 'inbound', plane.clock.now())
  log.cluster = cluster
  log.upstreamHost = hostOf(workload.instance, leadsTo)
  log.details = '-'
  return log
}

/** What is known of the receiver. */
export interface Receiver {
  readonly peer: Peer
  /** Who it is called; the world outside has no name. */
  readonly ref: WorkloadRef | null
  readonly version: string | null
  readonly app: string | null
  /** Does its own sidecar take the connection? */
  readonly sidecar: boolean
}

/** Has the sender's proxy begun the outermost TLS? It sees its handshake break off where an application's would be told of a closed connection. */
function beginsTlsItself({ tls }: Shipment): boolean {
  return tls[0]?.expects !== undefined
}

/** Brings a request to a peer, past the peer's own sidecar where it has one, and the answer back. */
export class Delivery implements InFlight {
  readonly hop: HopRecord
  /** The connection was taken, and then closed in order. */
  endsInOrder = false
  /** TLS that its sender had begun has ended at the receiver's sidecar: what is said of TLS then is about another within it. */
  endedTls = false
  #inFlight: InFlight | null = null

  constructor(shipment: Shipment, receiver: Receiver) {
    const hop = new HopRecord(shipment.origin)
    hop.to = receiver.ref
    hop.version = receiver.version
    hop.app = receiver.app
    hop.attempt = shipment.attempt
    hop.mirrored = shipment.mirrored
    hop.received = shipment.request
    this.hop = hop
  }

  start(plane: Plane, shipment: Shipment, { peer, sidecar }: Receiver, done: Done): void {
    const { exchange } = shipment.place
    const index = exchange.hops.push(this.hop) - 1
    const place = { exchange, parent: index, sourcePort: null, sourceAddress: null }
    const end: Done = (outcome) => {
      if (outcome === 'refused' || (typeof outcome === 'string' && isTlsError(outcome))) this.#unreach(exchange.hops, index)
      done(outcome)
    }
    const { workload } = peer
    if (shipment.tls[0]?.ready === false) return end('tls: Secret_is_not_supplied_by_SDS')
    const { protocol } = shipment.request
    if (protocol !== 'udp' && workload?.instance.gateway && workload.proxy)
      return shipment.isSilent
        ? this.#closeUnused(end)
        : this.#enterGateway(plane, { ...place, sourceAddress: shipment.source }, workload, shipment, end)
    // A sidecar is not asked about datagrams.
    if (!workload || !sidecar || protocol === 'udp' || shipment.within) return this.#runApplication(plane, place, shipment, peer, shipment.tls, end)
    const inboundPort = plane.model.inboundPort(workload.instance, shipment.port)
    if (shipment.isSilent && shipment.tls.length === 0 && awaitsFirstBytes(inboundPort.chains)) return this.#closeUnused(end)
    const take = (): void => this.#enterSidecar(plane, place, shipment, workload, inboundPort, end)
    if (!shipment.request.serverFirst || shipment.tls.length > 0 || !awaitsFirstBytes(inboundPort.chains)) return take()
    // Each side waits for the other.
    const { detectionTimeoutMs } = inboundPort
    if (detectionTimeoutMs === undefined) return
    const what = `${workload.name} waits for a client's first bytes`
    this.#inFlight = afterWaiting(plane, detectionTimeoutMs, what, () => {
      this.#inFlight = null
      take()
      return this.#inFlight
    })
  }

  #enterSidecar(plane: Plane, place: Place, shipment: Shipment, workload: WorkloadRuntime, inboundPort: InboundPort, end: Done): void {
    const { protocol } = shipment.request
    const { chain, failure, layers } = enterSidecar(inboundPort, workload.identity, shipment.request, shipment.tls)
    if (!chain) {
      this.#reachNobody()
      return end(beginsTlsItself(shipment) ? brokenOff : 'closed')
    }
    this.endedTls = chain.endsTls && failure === null
    const passed = { workload, layers, inboundPort, isTold: protocol === undefined && !shipment.pooled }
    if (failure !== null) return this.#noteUnused(plane, chain, passed, failure, end)
    if (chain.reads === 'bytes') return this.#passOn(plane, place, shipment, passed, end)
    if (shipment.isSilent) return this.#closeUnused(end)
    if (shipment.request.serverFirst) return
    if (protocol === 'tcp' || layers.length > 0) return this.#refuseBytes(plane, passed, end)
    if (protocol === 'h2' && opensWebSocket(shipment.request)) return this.#breakOff(plane, workload, end)
    this.hop.port = inboundPort.leadsTo.port
    const inbound = new InboundSidecar(plane, place, workload, shipment, this.hop, inboundPort)
    this.#inFlight = inbound
    inbound.start(end)
  }

  /**
   * Extended CONNECT, as which a WebSocket comes over HTTP/2, is an error of the whole connection to a proxy that has not said that it takes it, and istiod has none
   * say so. It is closed in order, a second later. Source: Envoy `http2/codec_impl.cc`, `delayed_close_timeout`.
   */
  #breakOff(plane: Plane, workload: WorkloadRuntime, end: Done): void {
    const log = new LogRecord(workload.name, 'inbound', plane.clock.now())
    log.raise('DPE')
    log.details = 'http2.invalid.header.field'
    this.#reachNobody()
    this.hop.inbound = log
    plane.clock.schedule(1000, () => end('closed'), `${workload.name} closes a connection`)
  }

  /** The sidecar of the receiver passes bytes on, and writes that it did when the connection ends. Source: Istio `core/listener_inbound.go`, Envoy `TcpProxy`. */
  #passOn(plane: Plane, place: Place, shipment: Shipment, { workload, layers, inboundPort, isTold }: Passed, end: Done): void {
    const { leadsTo } = inboundPort
    const log = logOfBytes(plane, workload, inboundPort)
    if (isTold) this.hop.inbound = log
    const close = plane.inboundClusters.of(workload.instance, inboundPort).open()
    const done: Done = (outcome) => {
      close?.()
      this.#inFlight = null
      log.durationMs = plane.clock.now() - log.startMs
      if (inboundPort.cluster === blackHole) return this.#swallow(log, end)
      if (outcome === 'closed' && !shipment.isSilent) log.raise('UR')
      if (typeof outcome === 'string' && isTlsError(outcome)) this.hop.inbound = log
      if (outcome !== 'refused') return end(outcome)
      for (const flag of close ? ['UF', 'URX'] : ['UO']) log.raise(flag)
      this.hop.received = this.hop.to = this.hop.port = null
      this.hop.inbound = log
      // Bytes that have come and that it has not read are answered by a reset. Of its own TLS it has read all when it has dialled; what it need not look at it dials for at once.
      if (!close) this.endedTls = false
      const breaksOff = !this.endedTls && beginsTlsItself(shipment)
      this.endsInOrder = !breaksOff && (this.endedTls || !awaitsFirstBytes(inboundPort.chains))
      end(breaksOff ? brokenOff : 'closed')
    }
    // Where too many connections are open it dials as little as where nobody listens.
    if (!close || !answersAt(plane, workload.instance, leadsTo)) return done('refused')
    // It has dialled by the time it asks, and the application hears nothing.
    const denied = refusedAt(workload, this.hop, inboundPort.access, accessSubject(workload, shipment))
    if (denied) {
      close()
      return this.#refuseAccess(log, denied, end)
    }
    if (shipment.isSilent) this.hop.inbound = log
    this.#inFlight = { abandon: close }
    this.#runApplication(plane, place, { ...shipment, port: leadsTo.port }, workload, layers, done)
  }

  /** Source: Envoy `RoleBasedAccessControlFilter` of the network. */
  #refuseAccess(log: LogRecord, details: string, end: Done): void {
    log.details = details
    this.#reachNobody()
    this.hop.inbound = log
    this.endsInOrder = true
    end('closed')
  }

  /** There is nowhere to go, which is known at once. */
  #swallow(log: LogRecord, end: Done): void {
    log.raise('UH')
    this.#reachNobody()
    this.hop.inbound = log
    this.endsInOrder = true
    end('closed')
  }

  /** A client that did not get through TLS: where its bytes would have gone is in the log of a proxy that does not read them. */
  #noteUnused(plane: Plane, { reads }: InboundChain, { workload, inboundPort }: Passed, failure: HandshakeFailure, end: Done): void {
    this.#reachNobody()
    if (reads === 'bytes') this.hop.inbound = logOfBytes(plane, workload, inboundPort)
    end(failure)
  }

  /** HTTP was expected: its parser answers in plaintext, which no client of TLS can read. */
  #refuseBytes(plane: Plane, { workload, layers }: Passed, end: Done): void {
    const log = new LogRecord(workload.name, 'inbound', plane.clock.now())
    log.raise('DPE')
    log.status = 400
    log.details = 'http1.codec_error'
    this.#reachNobody()
    this.hop.inbound = log
    end(layers.length > 0 ? 'tls: WRONG_VERSION_NUMBER' : badRequest())
  }

  #runApplication(plane: Plane, place: Place, shipment: Shipment, peer: Peer, layers: readonly TlsLayer[], end: Done): void {
    const { request, port, isSilent, carries } = shipment
    const isDatagram = request.protocol === 'udp'
    // Before any handshake.
    if (!isDatagram && peer.program.listens === false) return end('refused')
    if (isSilent && layers.length === 0) return this.#closeUnused(end)
    const verdict = isDatagram ? null : takenByApplication(plane.model.applicationTls(peer.workload?.instance ?? null, port), request, layers)
    if (isSilent && verdict?.kind === 'taken') return this.#closeUnused(end)
    if (verdict === null || verdict.kind === 'taken') {
      if (carries && isWithoutEnd(request)) return this.#reachNobody()
      this.hop.tls = verdict?.seen ?? null
      this.hop.port = peer.workload && port
      return runProgram(plane, place, peer, request, carries ? (outcome) => this.#openTunnel(plane, shipment, carries, peer, outcome, end) : end)
    }
    // The program never hears of it.
    this.#reachNobody()
    end(verdict.outcome)
  }

  /** What comes through it comes to the same program, on the same connection. */
  #openTunnel(plane: Plane, shipment: Shipment, { request, layers, isSilent, opened }: Carried, peer: Peer, outcome: Outcome, end: Done): void {
    if (typeof outcome === 'string' || !opensTunnel(outcome.status)) return end(outcome)
    this.hop.status = outcome.status
    const { to: ref, version, app } = this.hop
    const receiver = { peer, ref, version, app, sidecar: false }
    const { carries: _, ...way } = shipment
    const within = { ...way, request, tls: layers, within: true, ...(isSilent && { isSilent }) }
    const inner = new Delivery(within, receiver)
    this.#inFlight = inner
    opened(inner)
    inner.start(plane, within, receiver, end)
  }

  /** Taken, and closed again before anything has come. */
  #closeUnused(end: Done): void {
    this.#reachNobody()
    this.endsInOrder = true
    end('closed')
  }

  #reachNobody(): void {
    this.hop.received = this.hop.to = this.hop.version = this.hop.app = this.hop.port = null
  }

  #enterGateway(plane: Plane, place: Place, gateway: WorkloadRuntime, { request, tls, port }: Shipment, end: Done): void {
    const target = { hostname: request.authority, address: gateway.instance.address, port, service: null }
    this.#inFlight = connect(plane, place, gateway.proxy!, request, target, end, tls)
  }

  abandon(): void {
    this.#inFlight?.abandon()
  }

  /** Nobody listened, so nothing arrived. */
  #unreach(hops: HopRecord[], index: number): void {
    if (hops.length === index + 1 && this.hop.inbound === null) hops.pop()
    else this.hop.received = this.hop.port = null
  }
}
