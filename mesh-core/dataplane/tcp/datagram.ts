import { hostOfCluster } from '../../ir/cluster.ts'
import type { HttpRequest } from '../../ir/message.ts'
import type { UdpListener } from '../../ir/proxy-config.ts'
import { udpPortsOf } from '../../registry/udp-ports.ts'
import { Delivery } from '../delivery.ts'
import type { Receiver } from '../shipment.ts'
import type { Dialled } from '../dial.ts'
import { HopRecord, LogRecord } from '../evidence.ts'
import type { HopOrigin, Place } from '../evidence.ts'
import { explainTcp } from '../explain.ts'
import { blindly } from '../balancing/balancer.ts'
import { receiverAt } from '../upstream/original-destination.ts'
import type { Done, InFlight } from '../outcome.ts'
import type { Plane, WorkloadRuntime } from '../plane.ts'
import type { ProxyRuntime } from '../proxy-runtime.ts'
import { receiverOf } from '../receiver.ts'
import { chooseWeighted } from '../balancing/weighted-choice.ts'

/** A datagram from a workload: sidecars are told of connections alone (Istio `tools/istio-iptables`), so kube-proxy decides who gets it. */
export function sendDatagram(
  plane: Plane,
  place: Place,
  sender: WorkloadRuntime | null,
  request: HttpRequest,
  target: Dialled,
  done: Done,
): InFlight | null {
  const found = receiverAt(plane, target.address ?? '', target.port)
  const origin = { parent: place.parent, from: sender?.instance.ref ?? null, service: target.service, log: null, explain: null }
  return found ? deliver(plane, place, origin, request, found, found.port, done) : lost(place, origin)
}

/** A datagram that reaches a gateway: of each client it goes to the cluster that was drawn for it. Source: Envoy `udp_proxy`. */
export function proxyDatagram(plane: Plane, place: Place, proxy: ProxyRuntime, request: HttpRequest, target: Dialled, done: Done): InFlight | null {
  const listener = proxy.udpListenerFor(target.port)
  if (!listener) return null
  const log = new LogRecord(proxy.name, 'gateway', plane.clock.now())
  log.cluster = drawn(listener, plane)
  log.details = '-'
  const service = hostOfCluster(log.cluster)
  const explain = () => explainTcp(proxy.name, listener.name, service ?? target.hostname, listener, log)
  const origin = { parent: place.parent, from: null, service, log, explain }
  const cluster = proxy.cluster(log.cluster)
  const host = cluster?.pick(blindly)
  if (!host) {
    log.raise(cluster ? 'UH' : 'NC')
    return lost(place, origin)
  }
  log.upstreamHost = host.address
  const { workload, labels, port } = host.endpoint
  return deliver(plane, place, origin, request, receiverOf(plane, workload, labels), port, (outcome) => {
    log.durationMs = plane.clock.now() - log.startMs
    done(outcome)
  })
}

function drawn({ clusters }: UdpListener, { chance }: Plane): string {
  const weights = clusters.map(({ weight }) => weight)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return clusters[chooseWeighted(weights, total, chance.split)]!.cluster
}

/** Only an answer to bytes comes back: whoever refuses a datagram, or waits for HTTP, says nothing. */
function deliver(plane: Plane, place: Place, origin: HopOrigin, request: HttpRequest, receiver: Receiver, port: number, done: Done): InFlight | null {
  const instance = receiver.peer.workload?.instance
  if (instance && !udpPortsOf(instance, plane.model.registry).has(port)) return lost(place, origin)
  const shipment = {
    place,
    origin,
    request: { ...request },
    attempt: 1,
    mirrored: false,
    tls: [],
    port,
    source: instance?.address ?? plane.clientAddress,
  }
  const delivery = new Delivery(shipment, receiver)
  delivery.start(plane, shipment, receiver, (outcome) => {
    if (typeof outcome !== 'string' && outcome.status === 0) done(outcome)
  })
  return delivery
}

function lost({ exchange }: Place, origin: HopOrigin): null {
  exchange.hops.push(new HopRecord(origin))
  return null
}
