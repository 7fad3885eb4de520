import { bytesPatienceMs, isBytes } from '../ir/message.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { ClientTls } from '../ir/tls.ts'
import { connect } from './connect.ts'
import { sendDatagram } from './tcp/datagram.ts'
import { dial, ownLayers } from './dial.ts'
import type { Place } from './evidence.ts'
import { withinOf } from './loopback.ts'
import type { Done, InFlight } from './outcome.ts'
import { sendPlain } from './plain-client.ts'
import type { Plane, WorkloadRuntime } from './plane.ts'

export interface Sent {
  readonly request: HttpRequest
  /** What is dialled; the Host header may say something else. */
  readonly authority: string
  readonly tls?: ClientTls | undefined
}

/**
 * Sends a request from a workload (`null`: from outside), which gives up after `timeoutMs`.
 */
export function sendBounded(plane: Plane, place: Place, sender: WorkloadRuntime | null, sent: Sent, timeoutMs: number | null, done: Done): void {
  bound(plane, timeoutMs ?? patienceWith(sent.request), done, (end) => sendFrom(plane, place, sender, sent, end))
}

/** ms, of a client that is not told otherwise. */
export function patienceWith({ protocol }: HttpRequest): number | null {
  return isBytes(protocol) ? bytesPatienceMs[protocol] : null
}

/** Gives up on a request after some time. Sets no timer when the request has ended by then, as it has when nothing needs time. */
export function bound(plane: Plane, timeoutMs: number | null, done: Done, start: (end: Done) => InFlight | null): void {
  let ended = false
  let cancel: (() => void) | null = null
  const inFlight = start((outcome) => {
    if (ended) return
    ended = true
    cancel?.()
    done(outcome)
  })
  if (ended || timeoutMs === null || timeoutMs === Infinity) return
  const timer = plane.clock.deadline(
    timeoutMs,
    () => {
      if (ended) return
      ended = true
      inFlight?.abandon()
      done('timeout')
    },
    'client gives up',
  )
  cancel = () => timer.cancel()
}

function sendFrom(plane: Plane, place: Place, sender: WorkloadRuntime | null, { request, authority, tls }: Sent, done: Done): InFlight | null {
  const namespace = sender?.instance.ref.namespace ?? 'default'
  const proxy = sender?.proxy ?? null
  const target = proxy ? proxy.dial(authority, request.scheme) : dial(plane.model.registry, authority, request.scheme, { namespace })
  if (target.address === null) {
    done('unresolved')
    return null
  }
  if (request.protocol === 'udp') return sendDatagram(plane, place, sender, request, target, done)
  const layers = ownLayers(request, target, tls)
  const within = sender && withinOf(sender, target)
  if (!proxy || within) return sendPlain(plane, place, sender, request, { target, layers, within }, done)
  return connect(plane, place, proxy, request, target, done, layers)
}
