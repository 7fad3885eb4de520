import type { WorkloadRef } from '../ir/cluster.ts'
import type { HttpRequest } from '../ir/message.ts'
import { isHttp } from '../registry/protocol.ts'
import type { Service, ServicePort } from '../registry/registry.ts'
import { HopRecord } from './evidence.ts'
import type { HopOrigin, Place } from './evidence.ts'
import { InboundSidecar } from './inbound-sidecar.ts'
import type { Done, InFlight } from './outcome.ts'
import type { Peer, Plane, WorkloadRuntime } from './plane.ts'
import { badRequest } from './local-reply.ts'
import { runProgram } from './run-program.ts'

/** One try of a request on its way to one peer. */
export interface Shipment {
  readonly place: Place
  readonly origin: HopOrigin
  readonly request: HttpRequest
  readonly attempt: number
  readonly mirrored: boolean
  /** Identity that the sender's proxy shows; `null` for a connection without mutual TLS. */
  readonly identity: string | null
  readonly port: number
}

/** What is known of the receiver. */
export interface Receiver {
  readonly peer: Peer
  /** Who it is called; the world outside has no name. */
  readonly ref: WorkloadRef | null
  readonly version: string | null
  readonly app: string | null
}

/** Brings a request to a peer, past the peer's own sidecar where it has one, and the answer back. */
export class Delivery implements InFlight {
  readonly hop: HopRecord
  #inbound: InboundSidecar | null = null

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

  start(plane: Plane, shipment: Shipment, { peer }: Receiver, done: Done): void {
    const { exchange } = shipment.place
    const index = exchange.hops.push(this.hop) - 1
    const place = { exchange, parent: index, sourcePort: null }
    const end: Done = (outcome) => {
      if (outcome === 'refused') this.#unreach(exchange.hops, index)
      done(outcome)
    }
    const { workload } = peer
    const { protocol } = shipment.request
    if (protocol === 'tcp' && workload?.inboundSidecar && expectsHttp(plane, workload, shipment.port)) return end(badRequest())
    // A sidecar passes bytes on as any TCP proxy does, and is not asked about datagrams.
    if (!workload?.inboundSidecar || protocol !== undefined) return runProgram(plane, place, peer, shipment.request, end)
    this.#inbound = new InboundSidecar(plane, place, workload, shipment, this.hop)
    this.#inbound.start(end)
  }

  abandon(): void {
    this.#inbound?.abandon()
  }

  /** Nobody listened, so nothing arrived. */
  #unreach(hops: HopRecord[], index: number): void {
    if (hops.length === index + 1) hops.pop()
    else this.hop.received = null
  }
}

/** Does a service say that its port of this pod speaks HTTP? Source: Istio `core/listener_inbound.go`. */
function expectsHttp({ model }: Plane, { instance }: WorkloadRuntime, port: number): boolean {
  const { registry } = model
  const leadsHere = (service: Service, own: ServicePort): boolean =>
    registry.endpoints(service, own.number).some((endpoint) => endpoint.address === instance.address && endpoint.port === port)
  return registry.services.some((service) => service.ports.some((own) => isHttp(own.protocol) && leadsHere(service, own)))
}
