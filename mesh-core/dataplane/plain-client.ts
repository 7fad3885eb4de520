import type { HttpRequest } from '../ir/message.ts'
import { Delivery } from './delivery.ts'
import type { Dialled } from './dial.ts'
import type { TlsLayer } from './tls/tls-handshake.ts'
import type { Place } from './evidence.ts'
import type { Within } from './loopback.ts'
import { type Landing, landingOf } from './upstream/original-destination.ts'
import type { Done, InFlight, Outcome } from './outcome.ts'
import { answersAt, receiverOf } from './receiver.ts'
import type { Plane, WorkloadRuntime } from './plane.ts'

interface PlainWay {
  readonly target: Dialled
  readonly layers: readonly TlsLayer[]
  /** `null`: it leaves the pod that it comes from. */
  readonly within: Within | null
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
  const { connection } = place
  const to = `${target.address}:${target.port}`
  const receiver = within ? itself(plane, sender!, target, within) : landingOf(plane, target.address ?? '', target.port, connection)
  if (!receiver) {
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
    within: within !== null,
  }
  const delivery = new Delivery(shipment, receiver)
  delivery.start(plane, shipment, receiver, (outcome) => {
    if (typeof outcome !== 'string') delivery.hop.status = outcome.status
    if (isLast(outcome)) connection?.close(to)
    done(outcome)
  })
  return delivery
}

/** `null`: its application does not listen there. */
function itself(plane: Plane, { instance }: WorkloadRuntime, { port }: Dialled, at: Within): Landing | null {
  if (!answersAt(plane, instance, { at, port })) return null
  return { ...receiverOf(plane, instance.ref, instance.labels), address: instance.address, port }
}

/** Of its connection. */
function isLast(outcome: Outcome): boolean {
  return typeof outcome === 'string' || outcome.headers.get('connection')?.toLowerCase() === 'close'
}
