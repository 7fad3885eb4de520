import type { HttpRequest } from '../ir/message.ts'
import { Delivery } from './delivery.ts'
import type { Dialled } from './dial.ts'
import type { TlsLayer } from './tls-handshake.ts'
import type { Place } from './evidence.ts'
import { receiverAt } from './original-destination.ts'
import type { Done, InFlight } from './outcome.ts'
import { answersAt } from './receiver.ts'
import type { Plane, WorkloadRuntime } from './plane.ts'

interface PlainWay {
  readonly target: Dialled
  readonly layers: readonly TlsLayer[]
  /** It stays in the pod that it comes from. */
  readonly within: boolean
}

/** A request of somebody without a sidecar: kube-proxy alone decides who gets it, in plaintext unless the client itself begins TLS. Or one that stays in its pod. */
export function sendPlain(
  plane: Plane,
  place: Place,
  sender: WorkloadRuntime | null,
  request: HttpRequest,
  { target, layers, within }: PlainWay,
  done: Done,
): InFlight | null {
  const receiver = receiverAt(plane, target.address ?? '', target.port)
  const listens = !within || answersAt(plane, sender!.instance, { at: 'pod', port: target.port })
  if (!receiver || !listens) {
    done('refused')
    return null
  }
  const origin = { parent: place.parent, from: sender?.instance.ref ?? null, service: target.service, log: null, explain: null }
  const copy = { ...request, headers: request.headers.copy() }
  const shipment = {
    place,
    origin,
    request: copy,
    attempt: 1,
    mirrored: false,
    tls: layers,
    port: receiver.port,
    source: sender?.instance.address ?? plane.clientAddress,
    within,
  }
  const delivery = new Delivery(shipment, receiver)
  delivery.start(plane, shipment, receiver, (outcome) => {
    if (typeof outcome !== 'string') delivery.hop.status = outcome.status
    done(outcome)
  })
  return delivery
}
