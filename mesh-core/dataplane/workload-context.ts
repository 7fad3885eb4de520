import { CallError } from '../ir/program.ts'
import type { HttpRequest, HttpResponse } from '../ir/message.ts'
import { withoutTlsReason } from '../ir/exchange.ts'
import type { PodInfo, ServiceContext } from '../ir/program.ts'
import { withoutStream } from './outcome.ts'
import { sendBounded } from './client.ts'
import type { Place } from './evidence.ts'
import type { Peer, Plane } from './plane.ts'

/** What a program sees of the simulated world while it answers one request. */
export class WorkloadContext implements ServiceContext {
  readonly #plane: Plane
  readonly #place: Place
  readonly #peer: Peer

  constructor(plane: Plane, place: Place, peer: Peer) {
    this.#plane = plane
    this.#place = place
    this.#peer = peer
  }

  get pod(): PodInfo {
    return this.#peer.pod
  }

  now(): number {
    return this.#plane.clock.now()
  }

  sleep(ms: number): Promise<void> {
    return this.#plane.clock.sleep(ms, `${this.#peer.pod.name} sleeps`)
  }

  random(): number {
    return this.#peer.random.next()
  }

  call(request: HttpRequest, { timeoutMs }: { readonly timeoutMs: number }): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      sendBounded(this.#plane, this.#place, this.#peer.workload, { request, authority: request.authority }, timeoutMs, (outcome) => {
        if (typeof outcome !== 'string') resolve(outcome)
        else reject(new CallError(withoutTlsReason(withoutStream(outcome))))
      })
    })
  }
}
