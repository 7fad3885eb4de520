import { isTlsError } from '../ir/exchange.ts'
import { ApplicationArrival } from './inbound/application-arrival.ts'
import { connect } from './connect.ts'
import { Ending } from './ending.ts'
import { HopRecord } from './evidence.ts'
import type { Place } from './evidence.ts'
import type { Done, InFlight } from './outcome.ts'
import type { Plane, WorkloadRuntime } from './plane.ts'
import type { Receiver, Shipment } from './shipment.ts'
import { SidecarArrival } from './inbound/sidecar-arrival.ts'

/** Brings a request to a peer, past the peer's own sidecar where it has one, and the answer back. */
export class Delivery implements InFlight {
  readonly #ending: Ending
  #inFlight: InFlight | null = null

  constructor(shipment: Shipment, receiver: Receiver) {
    const hop = new HopRecord(shipment.origin)
    hop.to = receiver.ref
    hop.version = receiver.version
    hop.app = receiver.app
    hop.attempt = shipment.attempt
    hop.mirrored = shipment.mirrored
    hop.received = shipment.request
    this.#ending = new Ending(hop)
  }

  get hop(): HopRecord {
    return this.#ending.hop
  }

  /** The connection was taken, and then closed in order. */
  get endsInOrder(): boolean {
    return this.#ending.isInOrder
  }

  /** TLS that its sender had begun has ended at the receiver's sidecar: what is said of TLS then is about another within it. */
  get endedTls(): boolean {
    return this.#ending.hasEndedTls
  }

  start(plane: Plane, shipment: Shipment, { peer, sidecar }: Receiver, done: Done): void {
    const { exchange } = shipment.place
    const index = exchange.hops.push(this.hop) - 1
    const place = { exchange, parent: index, connection: null, sourceAddress: null }
    const end: Done = (outcome) => {
      if (outcome === 'refused' || (typeof outcome === 'string' && isTlsError(outcome))) this.#unreach(exchange.hops, index)
      done(outcome)
    }
    if (shipment.tls[0]?.ready === false) return end('tls: Secret_is_not_supplied_by_SDS')
    const { workload } = peer
    // Proxies are not asked about datagrams.
    const isDatagram = shipment.request.protocol === 'udp'
    if (!isDatagram && workload?.instance.gateway && workload.proxy)
      return shipment.isSilent ? this.#ending.closeUnused(end) : this.#enterGateway(plane, place, workload, shipment, end)
    if (!isDatagram && workload && sidecar && !shipment.within) {
      const arrival = new SidecarArrival(plane, place, workload, shipment, this.#ending)
      this.#inFlight = arrival
      return arrival.start(end)
    }
    const arrival = new ApplicationArrival(plane, place, peer, this.#ending)
    this.#inFlight = arrival
    arrival.start(shipment, shipment.tls, end)
  }

  #enterGateway(plane: Plane, place: Place, gateway: WorkloadRuntime, { request, tls, port, source }: Shipment, end: Done): void {
    const target = { hostname: request.authority, address: gateway.instance.address, port, service: null }
    this.#inFlight = connect(plane, { ...place, sourceAddress: source }, gateway.proxy!, request, target, end, tls)
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
