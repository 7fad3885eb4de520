import { Delivery } from '../delivery.ts'
import type { Ending } from '../ending.ts'
import type { Place } from '../evidence.ts'
import type { Done, InFlight, Outcome } from '../outcome.ts'
import type { Peer, Plane } from '../plane.ts'
import { runProgram } from '../run-program.ts'
import type { Shipment } from '../shipment.ts'
import { takenByApplication } from '../taken-by-application.ts'
import type { TlsLayer } from '../tls/tls-handshake.ts'
import { isWithoutEnd, opensTunnel } from '../tcp/tunnel.ts'
import type { Carried } from '../tcp/tunnel.ts'

/** A connection that has come to a program, past every proxy. */
export class ApplicationArrival implements InFlight {
  readonly #plane: Plane
  readonly #place: Place
  readonly #peer: Peer
  readonly #ending: Ending
  /** What goes through a tunnel that the request has opened. */
  #tunnelled: InFlight | null = null

  constructor(plane: Plane, place: Place, peer: Peer, ending: Ending) {
    this.#plane = plane
    this.#place = place
    this.#peer = peer
    this.#ending = ending
  }

  /** @param layers TLS that is still around what comes, the outermost first */
  start(shipment: Shipment, layers: readonly TlsLayer[], end: Done): void {
    const [plane, peer, ending] = [this.#plane, this.#peer, this.#ending]
    const { request, port, isSilent, carries } = shipment
    const isDatagram = request.protocol === 'udp'
    // Before any handshake.
    if (!isDatagram && peer.program.listens === false) return end('refused')
    if (isSilent && layers.length === 0) return ending.closeUnused(end)
    const verdict = isDatagram ? null : takenByApplication(plane.model.applicationTls(peer.workload?.instance ?? null, port), request, layers)
    if (isSilent && verdict?.kind === 'taken') return ending.closeUnused(end)
    if (verdict === null || verdict.kind === 'taken') {
      if (carries && isWithoutEnd(request)) return ending.reachNobody()
      if (shipment.awaitsHandshake) return ending.reachNobody()
      ending.hop.tls = verdict?.seen ?? null
      ending.hop.port = peer.workload && port
      return runProgram(plane, this.#place, peer, request, carries ? (outcome) => this.#openTunnel(shipment, carries, outcome, end) : end)
    }
    // The program never hears of it.
    ending.reachNobody()
    end(verdict.outcome)
  }

  abandon(): void {
    this.#tunnelled?.abandon()
  }

  /** What comes through it comes to the same program, on the same connection. */
  #openTunnel(shipment: Shipment, { request, layers, isSilent, opened }: Carried, outcome: Outcome, end: Done): void {
    if (typeof outcome === 'string' || !opensTunnel(shipment.request, outcome.status)) return end(outcome)
    const { hop } = this.#ending
    hop.status = outcome.status
    const { to: ref, version, app } = hop
    const receiver = { peer: this.#peer, ref, version, app, sidecar: false }
    const { carries: _, ...way } = shipment
    const within = { ...way, request, tls: layers, within: true, ...(isSilent && { isSilent }) }
    const inner = new Delivery(within, receiver)
    this.#tunnelled = inner
    opened(inner)
    inner.start(this.#plane, within, receiver, end)
  }
}
