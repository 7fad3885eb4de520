import { hostOfCluster } from '../../ir/cluster.ts'
import type { WorkloadRef } from '../../ir/cluster.ts'
import type { HttpRequest, HttpResponse } from '../../ir/message.ts'
import { blindly } from '../balancing/balancer.ts'
import { Delivery } from '../delivery.ts'
import type { Place } from '../evidence.ts'
import { removeBlanks } from '../messages/header-mutation.ts'
import type { InFlight, Outcome } from '../outcome.ts'
import type { Plane } from '../plane.ts'
import type { ProxyRuntime } from '../proxy-runtime.ts'
import { listenerAt } from '../upstream/upstream.ts'
import { speak } from '../upstream/upstream-http.ts'
import { layersTo } from '../upstream/upstream-tls.ts'
import type { Timer } from '../../time/clock.ts'
import { wrongHeader } from '../messages/wrong-header.ts'

/** Which proxy asks. */
export interface Caller {
  readonly plane: Plane
  /** Of the request: what asks is behind the hop by which it came. */
  readonly place: Place
  /** `null`: it has no clusters. */
  readonly proxy: ProxyRuntime | null
  readonly ref: WorkloadRef
  readonly address: string
}

/** Whom a filter asks. */
export interface Asked {
  /** For a person. */
  readonly name: string
  readonly cluster: string
  /** 0 for none. */
  readonly timeoutMs: number
}

/** That ask in turn, where the policy for an authorizer's own namespace has it asked about each question. In a mesh such requests end with its connections. */
const deepest = 32

/**
 * No rule for the host that is asked acts: its cluster is asked as it is, once.
 * @param done `waited`: where nobody can be asked that is known without waiting
 */
export function askCluster(
  asked: Asked,
  { plane, proxy, place, ref, address }: Caller,
  question: () => HttpRequest,
  done: (outcome: Outcome, waited: boolean) => void,
): InFlight | null {
  const cluster = proxy?.cluster(asked.cluster) ?? null
  const host = cluster?.pick(blindly) ?? null
  if (!proxy || !cluster || !host || depthOf(place) >= deepest) {
    done('refused', false)
    return null
  }
  const receiver = listenerAt(plane, host.endpoint)
  if (!receiver) {
    done('refused', true)
    return null
  }
  const request = question()
  if (wrongHeader(request.headers) !== null) {
    done('refused', true)
    return null
  }
  speak(request, cluster.config.http)
  if (request.protocol !== 'h2') removeBlanks(request.headers)
  const origin = { parent: place.parent, from: ref, service: hostOfCluster(asked.cluster), log: null, explain: null }
  const tls = layersTo(plane, proxy, cluster.config, host.endpoint, request)
  const shipment = { place, origin, request, attempt: 1, mirrored: false, tls, port: host.endpoint.port, source: address, pooled: true }
  const delivery = new Delivery(shipment, receiver)
  delivery.hop.asks = true
  const startMs = plane.clock.now()
  let ended = false
  let timer: Timer | null = null
  const end = (outcome: Outcome): void => {
    if (ended) return
    ended = true
    timer?.cancel()
    if (typeof outcome === 'string') return done(outcome, true)
    delivery.hop.status = outcome.status
    done(timed(outcome, plane.clock.now() - startMs), true)
  }
  const late = (): void => {
    delivery.abandon()
    end('timeout')
  }
  const { timeoutMs, name } = asked
  delivery.start(plane, shipment, receiver, end)
  // After those of the receiver's sidecar, which waits no longer than who asks.
  if (!ended && timeoutMs > 0) timer = plane.clock.deadline(timeoutMs, late, `${proxy.name} asks ${name}`)
  return {
    abandon: () => {
      ended = true
      timer?.cancel()
      delivery.abandon()
    },
  }
}

/** The router within Envoy's own client tells that, whatever is said of the proxy's. Source: Envoy `AsyncClientImpl`. */
function timed(answer: HttpResponse, ms: number): HttpResponse {
  const headers = answer.headers.copy()
  headers.set('x-envoy-upstream-service-time', String(Math.floor(ms)))
  return { ...answer, headers }
}

function depthOf({ exchange, parent }: Place): number {
  let depth = 0
  for (let i = parent; i >= 0; i = exchange.hops[i]!.parent) if (exchange.hops[i]!.asks) depth++
  return depth
}
