import type { Exchange, Hop } from '../../../../mesh-core/ir/exchange.ts'
import { Headers } from '../../../../mesh-core/ir/message.ts'
import { messageOfRecord } from '../../../../samples/pod/recorded.ts'
import type { PodRecord } from '../../../../samples/pod/recorded.ts'
import { unknownHop } from '../unknown-hop.ts'
import type { BehindHosts } from './behind-hosts.ts'
import { isOutsidePod } from './outside-manifests.ts'
import type { Pod } from './pod.ts'

/** What one pod has received for the sake of an exchange. */
export interface Arrival {
  readonly pod: Pod
  readonly record: PodRecord
}

export interface Scene {
  readonly words: Words
  /** Pods of the scenario that are gateways: they pass on what they get. */
  readonly gateways: readonly Pod[]
  /** The one that has answered by itself; `null` where nobody knows. */
  readonly answeredBy: Pod | null
  readonly behind: Pick<BehindHosts, 'otherThan'>
}

/** How what came from the cluster is told in the scenario's words. */
export interface Words {
  namespace(real: string): string
  text(real: string): string
}

/** The tree of an exchange, as the pods tell it that have received something of it. */
export function hopsOf(
  sender: Pod | null,
  authority: string,
  { response }: Pick<Exchange, 'response'>,
  arrivals: readonly Arrival[],
  { words, gateways, answeredBy, behind }: Scene,
): readonly Hop[] {
  const ordered = arrivals.toSorted(
    (a, b) => depthOf(a, arrivals) - depthOf(b, arrivals) || attemptOf(a) - attemptOf(b) || a.record.sequence - b.record.sequence,
  )
  const hops: Hop[] = []
  const at = new Map<Arrival, number>()
  for (const arrival of ordered) {
    const parent = parentOf(arrival, ordered)
    const gateway = gateways.find(({ ip }) => ip === arrival.record.peer)
    const from = parent === null ? sender : parent.pod
    const index = parent === null ? -1 : (at.get(parent) ?? -1)
    if (gateway) hops.push(gatewayHop(gateway, arrival, { index, from }, words))
    at.set(arrival, hops.length)
    const parenthood = gateway ? { index: hops.length - 1, from: gateway } : { index, from }
    const service = serviceOf(askedOf(arrival.record), arrival.pod, from, { behind, words })
    hops.push(hopOf(arrival, parenthood, { service, mirrored: isMirrored(arrival, ordered, gateway ? null : from) }, words))
  }
  const answered = hops.some((hop) => hop.parent === -1 && !hop.mirrored)
  if (answered) return withLastStatus(hops, response?.status ?? 0)
  const to = answeredBy && { to: refOf(answeredBy, words), version: answeredBy.version || null, app: answeredBy.app }
  const service = words.text(withoutPort(authority))
  return [...hops, { ...unknownHop, ...to, from: sender && refOf(sender, words), service, status: response?.status ?? 0 }]
}

/**
 * Gateways tell nothing of what they pass on: is it known all the same which of them a request has passed?
 * @param known who may have sent what has arrived: the sender, and gateways whose addresses are known
 * @param answeredBy the gateway that has answered by itself
 */
export function isWayKnown(arrivals: readonly Arrival[], known: readonly (Pod | null)[], answeredBy: Pod | null): boolean {
  if (arrivals.length === 0) return answeredBy !== null
  const addresses = new Set(known.map((pod) => pod?.ip))
  return arrivals.every(({ record: { peer } }) => addresses.has(peer ?? ''))
}

interface Parent {
  /** Of its hop; -1 for the client of the exchange. */
  readonly index: number
  readonly from: Pod | null
}

/** A gateway tells nothing; that a request came from its address says that it has passed it on. */
function gatewayHop(gateway: Pod, arrival: Arrival, { index, from }: Parent, words: Words): Hop {
  return {
    ...unknownHop,
    parent: index,
    from: from && refOf(from, words),
    service: words.text(askedOf(arrival.record)),
    to: refOf(gateway, words),
    version: gateway.version || null,
    app: gateway.app,
    status: arrival.record.status ?? 0,
    attempt: attemptOf(arrival),
  }
}

function hopOf(arrival: Arrival, { index, from }: Parent, seen: Pick<Hop, 'service' | 'mirrored'>, words: Words): Hop {
  const { pod, record } = arrival
  const { headers, authority, messages, ...request } = record.request
  return {
    ...unknownHop,
    parent: index,
    ...seen,
    from: from && refOf(from, words),
    // Nobody is known by name who takes what leaves the cluster.
    ...(!isOutsidePod(pod) && { to: refOf(pod, words), version: pod.version || null, app: pod.app }),
    received: {
      ...request,
      ...(messages && { messages: messages.map(messageOfRecord) }),
      authority: words.text(authority),
      headers: new Headers(headers.map((text, i) => (i % 2 === 1 ? words.text(text) : text))),
    },
    tls: record.tls && { ...record.tls, serverName: record.tls.serverName && words.text(record.tls.serverName) },
    status: record.status ?? 0,
    attempt: attemptOf(arrival),
  }
}

/** The one that was asked for, if the pod is behind it; of another, to which a rule has led the request or a copy of it, the name is the pod's own. */
export function serviceOf(asked: string, pod: Pod, from: Pod | null, { behind, words }: Pick<Scene, 'behind' | 'words'>): string {
  const other = behind.otherThan(asked, from?.namespace ?? null, pod)
  return other ? `${other.name}.${words.namespace(other.namespace)}.svc.cluster.local` : words.text(asked)
}

function askedOf({ request }: PodRecord): string {
  return withoutPort(request.authority).replace(/-shadow(?=\.|$)/, '')
}

/** Whoever has called a host whose name begins as that of the pod's app. */
function parentOf({ pod, record }: Arrival, all: readonly Arrival[]): Arrival | null {
  const first = withoutPort(record.request.authority)
    .split('.')[0]!
    .replace(/-shadow$/, '')
  return (
    all.find(
      (other) =>
        other.pod !== pod &&
        other.record !== record &&
        other.record.calls.some((call) => [first, pod.app].includes(withoutPort(call).split('.')[0]!)),
    ) ?? null
  )
}

function depthOf(arrival: Arrival, all: readonly Arrival[], seen: readonly Arrival[] = []): number {
  const parent = seen.includes(arrival) ? null : parentOf(arrival, all)
  return parent === null ? 0 : 1 + depthOf(parent, all, [...seen, arrival])
}

/** Envoy counts the tries of a request. Source: `x-envoy-attempt-count`. */
function attemptOf({ record }: Arrival): number {
  return Number(header(record, 'x-envoy-attempt-count') ?? 1) || 1
}

/**
 * A copy differs from the request that it was made of by this alone: Envoy adds its own address to the copy's x-forwarded-for.
 * Source: Envoy `Router::Filter::runShadow…`; older ones also end the Host with `-shadow`.
 */
function isMirrored(arrival: Arrival, all: readonly Arrival[], from: Pod | null): boolean {
  const { record } = arrival
  if (/-shadow(?::\d+)?$/.test(record.request.authority)) return true
  const forwarded = header(record, 'x-forwarded-for')
  if (forwarded === undefined) return false
  const [last, ...before] = forwarded
    .split(',')
    .map((address) => address.trim())
    .toReversed()
  if (from !== null) return last === from.ip
  // Behind a gateway every request has been forwarded: the copy once more than the other.
  const original = before.toReversed().join(',')
  return original !== '' && all.some((other) => other !== arrival && header(other.record, 'x-forwarded-for')?.replaceAll(' ', '') === original)
}

function header({ request }: PodRecord, name: string): string | undefined {
  const index = request.headers.findIndex((text, i) => i % 2 === 0 && text === name)
  return index < 0 ? undefined : request.headers[index + 1]
}

/** The sender got the status of the last try; of those before it, the one that their receiver gave is known. */
function withLastStatus(hops: readonly Hop[], status: number): readonly Hop[] {
  const own = hops.filter((hop) => hop.parent === -1 && !hop.mirrored)
  const last = own.at(-1)
  return hops.map((hop) => (hop === last ? { ...hop, status } : hop))
}

export function refOf({ namespace, workload, name }: Pod, words: Words): NonNullable<Hop['to']> {
  return { namespace: words.namespace(namespace), name: workload, instance: name }
}

export function withoutPort(authority: string): string {
  return authority.replace(/:\d+$/, '')
}
