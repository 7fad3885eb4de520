import { isTlsError } from '../../ir/exchange.ts'
import { blackHole } from '../../ir/inbound-port.ts'
import type { InboundPort } from '../../ir/inbound-port.ts'
import { awaitsFirstBytes } from '../../match/filter-chain.ts'
import { ApplicationArrival } from './application-arrival.ts'
import { hostOf } from '../application.ts'
import type { Caller } from '../filters/ask-cluster.ts'
import { judgeBytes } from '../tcp/bytes-access.ts'
import { afterWaiting } from '../waiting.ts'
import type { Ending } from '../ending.ts'
import { LogRecord } from '../evidence.ts'
import type { Place } from '../evidence.ts'
import { accessSubject, refusedAt, tellDenial } from './inbound-access.ts'
import { waitsForBytes } from '../tcp/first-bytes.ts'
import { http2Violation } from '../messages/http2-violation.ts'
import { enterSidecar } from './inbound-connection.ts'
import { InboundSidecar } from './inbound-sidecar.ts'
import { badRequest } from '../replies/local-reply.ts'
import type { Done, InFlight } from '../outcome.ts'
import type { Plane, WorkloadRuntime } from '../plane.ts'
import { answersAt } from '../receiver.ts'
import type { Shipment } from '../shipment.ts'
import type { TlsLayer } from '../tls/tls-handshake.ts'
import { brokenOff, endedEarly } from '../upstream/transport-failure.ts'

/** Istio leaves it at Envoy's default. */
const delayedCloseMs = 1000

/** Has the sender's proxy begun the outermost TLS? It sees its handshake break off where an application's would be told of a closed connection. */
function beginsTlsItself({ tls }: Shipment): boolean {
  return tls[0]?.expects !== undefined
}

/** A connection that a receiver's own sidecar takes: which of its filter chains it comes to, and what that does with bytes. Source: Istio `core/listener_inbound.go`. */
export class SidecarArrival implements InFlight {
  readonly #plane: Plane
  readonly #place: Place
  readonly #workload: WorkloadRuntime
  readonly #shipment: Shipment
  readonly #ending: Ending
  readonly #port: InboundPort
  #inFlight: InFlight | null = null

  constructor(plane: Plane, place: Place, workload: WorkloadRuntime, shipment: Shipment, ending: Ending) {
    this.#plane = plane
    this.#place = place
    this.#workload = workload
    this.#shipment = shipment
    this.#ending = ending
    this.#port = plane.model.inboundPort(workload.instance, shipment.port)
  }

  start(end: Done): void {
    const { tls, request, isSilent } = this.#shipment
    if (tls.length > 0) return this.#enter(end)
    if (isSilent && awaitsFirstBytes(this.#port.chains)) return this.#ending.closeUnused(end)
    if (!waitsForBytes(this.#port.chains, request)) return this.#enter(end)
    // Each side waits for the other.
    const { detectionTimeoutMs } = this.#port
    if (detectionTimeoutMs === undefined) return
    this.#inFlight = afterWaiting(this.#plane, detectionTimeoutMs, `${this.#workload.name} waits for a client's first bytes`, () => {
      this.#inFlight = null
      this.#enter(end)
      return this.#inFlight
    })
  }

  abandon(): void {
    this.#inFlight?.abandon()
  }

  #enter(end: Done): void {
    const { request, tls, isSilent } = this.#shipment
    const { chain, failure, layers, isHttp2 } = enterSidecar(this.#port, this.#workload.identity, request, tls)
    if (!chain) {
      this.#ending.reachNobody()
      return end(beginsTlsItself(this.#shipment) ? brokenOff : 'closed')
    }
    this.#ending.hasEndedTls = chain.endsTls && failure === null
    if (failure !== null) {
      // Where bytes would have gone is in the log of a proxy that does not read them.
      this.#ending.reachNobody()
      if (chain.reads === 'bytes') this.#ending.hop.inbound = this.#logOfBytes()
      return end(failure)
    }
    if (chain.reads === 'bytes') return this.#passOn(layers, end)
    if (isSilent) return this.#ending.closeUnused(end)
    if (request.serverFirst) return
    if (isHttp2 && (request.protocol !== 'h2' || layers.length > 0)) return this.#missPreface(end)
    this.#read(layers, end)
  }

  /** What is no HTTP/2 has no stream that could be answered or written of. */
  #missPreface(end: Done): void {
    this.#ending.reachNobody()
    this.#ending.isInOrder = true
    this.#closeLater(end)
  }

  /** A connection in error is closed in order, so that its peer may read why. Source: Envoy `delayed_close_timeout`. */
  #closeLater(end: Done): void {
    const timer = this.#plane.clock.schedule(delayedCloseMs, () => end('closed'), `${this.#workload.name} closes a connection`)
    this.#inFlight = { abandon: () => timer.cancel() }
  }

  #read(layers: readonly TlsLayer[], end: Done): void {
    const { request } = this.#shipment
    if (request.protocol === 'tcp' || layers.length > 0) return this.#refuseBytes(layers, end)
    const violation = http2Violation(request)
    if (violation !== null) return this.#breakOff(violation, end)
    this.#ending.hop.port = this.#port.leadsTo.port
    const inbound = new InboundSidecar(this.#plane, this.#place, this.#workload, this.#shipment, this.#ending.hop, this.#port, end)
    this.#inFlight = inbound
    inbound.start()
  }

  /** HTTP was expected: its parser answers in plaintext, which no client of TLS can read. */
  #refuseBytes(layers: readonly TlsLayer[], end: Done): void {
    const log = this.#log()
    log.raise('DPE')
    log.status = 400
    log.details = 'http1.codec_error'
    this.#note(log)
    end(layers.length > 0 ? 'tls: WRONG_VERSION_NUMBER' : badRequest())
  }

  #breakOff(violation: string, end: Done): void {
    const log = this.#log()
    log.raise('DPE')
    log.details = violation
    this.#note(log)
    this.#closeLater(end)
  }

  /** Bytes are passed on unread, and when the connection ends it is written that they were. Source: Envoy `TcpProxy`. */
  #passOn(layers: readonly TlsLayer[], end: Done): void {
    const { protocol } = this.#shipment.request
    const log = this.#logOfBytes()
    if (protocol === undefined && !this.#isKept()) this.#ending.hop.inbound = log
    const close = this.#open()
    let isOver = false
    const finish = (isKept = false): void => {
      if (isOver) return
      isOver = true
      close?.(isKept)
      log.durationMs = this.#plane.clock.now() - log.startMs
    }
    const ended: Done = (outcome) => {
      // What answers one who has gone is told nobody.
      if (isOver) return
      finish(typeof outcome !== 'string')
      this.#inFlight = null
      // There is nowhere to go, which is known at once.
      if (this.#port.cluster === blackHole) return this.#refuse(log, 'UH', end)
      if (outcome === 'refused') return this.#tellUnreached(log, close !== null, end)
      if (outcome === 'closed' && !this.#shipment.isSilent) log.raise('UR')
      if (typeof outcome === 'string' && isTlsError(outcome)) this.#ending.hop.inbound = log
      end(outcome)
    }
    // Where too many connections are open, or there is no cluster, it dials as little as where nobody listens.
    if (!close || !this.#isAnswered()) return ended('refused')
    // It has dialled by the time it asks, and the application hears nothing. Source: Envoy `RoleBasedAccessControlFilter` of the network.
    const subject = accessSubject(this.#workload, this.#shipment)
    // About one who sends nothing it asks when the connection is ended.
    const asking = judgeBytes(this.#port.askedOfBytes, this.#caller(), subject, (refusal) => {
      if (isOver) return
      if (refusal) tellDenial(this.#workload, this.#ending.hop, refusal.denial, subject, refusal.outcome)
      const denied = refusal ? null : refusedAt(this.#workload, this.#ending.hop, this.#port.access, subject)
      if (denied !== null) log.details = denied
      if (!refusal && denied === null) return this.#reachApplication(layers, ended, finish, log)
      finish()
      this.#refuse(log, refusal ? 'UAEX' : null, end)
    })
    if (asking) this.#inFlight ??= { abandon: () => (finish(), asking.abandon()) }
  }

  /** Does its connection stay open when the request has ended? Then nothing is written of it yet. */
  #isKept(): boolean {
    const { pooled, sender } = this.#shipment
    return pooled === true && sender?.limits.maxRequestsPerConnection !== 1
  }

  /** Ends the request on its connection; `null`: there is no cluster, or too many connections are open. */
  #open(): ((isKept: boolean) => void) | null {
    const { request, sender } = this.#shipment
    return this.#port.hasNoCluster
      ? null
      : this.#plane.inboundClusters.of(this.#workload.instance, this.#port).open(sender, request.protocol === 'h2')
  }

  #reachApplication(layers: readonly TlsLayer[], ended: Done, finish: () => void, log: LogRecord): void {
    if (this.#shipment.isSilent) this.#ending.hop.inbound = log
    const arrival = new ApplicationArrival(this.#plane, this.#place, this.#workload, this.#ending)
    this.#inFlight = { abandon: () => (finish(), arrival.abandon()) }
    arrival.start({ ...this.#shipment, port: this.#port.leadsTo.port }, layers, ended)
  }

  #isAnswered(): boolean {
    return this.#workload.program.listens !== false && answersAt(this.#plane, this.#workload.instance, this.#port.leadsTo)
  }

  #caller(): Caller {
    const { instance, proxy } = this.#workload
    return { plane: this.#plane, place: this.#place, proxy, ref: instance.ref, address: instance.address }
  }

  #refuse(log: LogRecord, flag: string | null, end: Done): void {
    if (flag !== null) log.raise(flag)
    this.#note(log)
    this.#ending.isInOrder = true
    end('closed')
  }

  /**
   * Bytes that have come and that it has not read are answered by a reset. Of its own TLS it has read all when it has dialled; what it need not look at it dials
   * for at once.
   * @param hasDialled nobody listens; else there were too many connections for it to ask, or there is no cluster to ask
   */
  #tellUnreached(log: LogRecord, hasDialled: boolean, end: Done): void {
    for (const flag of hasDialled ? ['UF', 'URX'] : [this.#port.hasNoCluster ? 'NC' : 'UO']) log.raise(flag)
    const { hop } = this.#ending
    hop.received = hop.to = hop.port = null
    hop.inbound = log
    this.#ending.hasEndedTls &&= hasDialled
    const breaksOff = !this.#ending.hasEndedTls && beginsTlsItself(this.#shipment)
    this.#ending.isInOrder = !breaksOff && (this.#ending.hasEndedTls || !awaitsFirstBytes(this.#port.chains))
    end(breaksOff ? (hasDialled ? brokenOff : endedEarly) : 'closed')
  }

  #note(log: LogRecord): void {
    this.#ending.reachNobody()
    this.#ending.hop.inbound = log
  }

  #log(): LogRecord {
    return new LogRecord(this.#workload.name, 'inbound', this.#plane.clock.now())
  }

  #logOfBytes(): LogRecord {
    const log = this.#log()
    log.cluster = this.#port.hasNoCluster ? '-' : this.#port.cluster
    log.upstreamHost = hostOf(this.#workload.instance, this.#port.leadsTo)
    log.details = '-'
    return log
  }
}
