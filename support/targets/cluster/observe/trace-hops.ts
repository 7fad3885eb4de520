import type { Exchange, Hop } from '../../../../mesh-core/ir/exchange.ts'
import { hostOfCluster } from '../../../../mesh-core/ir/cluster.ts'
import type { WorkloadRef } from '../../../../mesh-core/ir/cluster.ts'
import type { Pod } from '../pods/pod.ts'
import { unknownHop } from '../unknown-hop.ts'
import type { Span } from './span.ts'

/** What is known of the cluster besides the spans. */
export interface Known {
  readonly pods: readonly Pod[]
  /** A namespace as the scenario calls it. */
  readonly namespace: (real: string) => string
  /** Any text of the cluster, as the scenario would write it. */
  readonly text: (real: string) => string
}

/** Whose proxy a span is of. */
interface Whose {
  readonly ref: WorkloadRef
  readonly app: string
  /** `null`: not told. */
  readonly version: string | null
}

/**
 * The tree of an exchange, as the spans of the proxies on its way tell it: the one of the sender's (`upstream_cluster: outbound|…`), and that of the receiver's
 * (`inbound|…`) below it. Source: Istio, `tracing.go`; Envoy `HttpTracerUtility`.
 */
export function hopsOfSpans(spans: readonly Span[], known: Known): readonly Hop[] {
  const arrivals = spans.filter(isArrival).toSorted((a, b) => a.startMs - b.startMs)
  const tree = new Tree(spans)
  const answered = new Set(arrivals.map((arrival) => tree.departureOf(arrival)))
  const ended = spans.filter((span) => isDeparture(span) && tree.isFirst(span) && !answered.has(span))
  // In the order of arrival, parents first.
  const ordered = [...arrivals, ...ended].toSorted((a, b) => tree.depthOf(a) - tree.depthOf(b) || a.startMs - b.startMs)
  return ordered.map((span) => hopOf(span, ordered, tree, known))
}

/** Why the spans do not say whether a service was reached that is not among the hops; `null` when they do. @param unreached services that have received nothing */
export function untoldBySpans(hops: readonly Hop[], phrase: string, unreached: ReadonlySet<string>): NonNullable<Exchange['untold']> {
  return ({ name, version }) => {
    const own = hops.filter((hop) => hop.app === name && hop.to !== null)
    const tries = new Set(own.map((hop) => `${hop.parent} ${hop.version}`))
    if (own.length > 1 && tries.size > 1 && new Set(own.map((hop) => hop.parent)).size < own.length)
      return `the ${phrase} show ${name} at several workloads, and not which of them are retries or copies`
    if (own.length > 0) return version !== null && own.some((hop) => hop.version === null) ? `the ${phrase} do not tell the version of ${name}` : null
    if (unreached.has(name)) return null
    return `the ${phrase} show nothing of ${name}; what an application asks for without passing trace headers on is not seen`
  }
}

class Tree {
  readonly #byId: ReadonlyMap<string, readonly Span[]>

  constructor(spans: readonly Span[]) {
    const byId = new Map<string, Span[]>()
    for (const span of spans) byId.set(`${span.traceId} ${span.id}`, [...(byId.get(`${span.traceId} ${span.id}`) ?? []), span])
    this.#byId = byId
  }

  /**
   * The sender's span, which perhaps has the id of the receiver's (Zipkin's shared spans), or a span of its own for each try below it (Envoy's
   * `spawn_upstream_span`, at gateways).
   */
  departureOf(arrival: Span): Span | null {
    let found = this.#shared(arrival) ?? this.#nearest(arrival, isDeparture)
    for (let above = found && this.#above(found); above; above = this.#above(above)) found = above
    return found
  }

  /** No part of another span of the same proxy. */
  isFirst(departure: Span): boolean {
    return this.#above(departure) === null
  }

  /** Its tries, where each has a span of its own. */
  triesOf(departure: Span): readonly Span[] {
    return [...this.#byId.values()].flat().filter((span) => isDeparture(span) && this.#above(span) === departure)
  }

  #above(departure: Span): Span | null {
    return (
      this.#parents(departure).find((parent) => isDeparture(parent) && parent.tags['upstream_cluster'] === departure.tags['upstream_cluster']) ?? null
    )
  }

  /** The arrival for whose sake a proxy has sent. */
  arrivalBefore(span: Span): Span | null {
    return this.#nearest(isArrival(span) ? (this.departureOf(span) ?? span) : span, isArrival)
  }

  depthOf(span: Span, depth = 0): number {
    const before = depth > 64 ? null : this.arrivalBefore(span)
    return before === null ? depth : this.depthOf(before, depth + 1)
  }

  #shared({ traceId, id, ...rest }: Span): Span | null {
    return this.#byId.get(`${traceId} ${id}`)?.find((other) => other.tags !== rest.tags && isDeparture(other)) ?? null
  }

  #nearest(span: Span, wanted: (span: Span) => boolean): Span | null {
    let parents = this.#parents(span)
    for (let steps = 0; steps < 64 && parents.length > 0; steps++) {
      const found = parents.find(wanted)
      if (found) return found
      parents = parents.flatMap((parent) => this.#parents(parent))
    }
    return null
  }

  #parents({ traceId, parentId }: Span): readonly Span[] {
    return parentId === null ? [] : (this.#byId.get(`${traceId} ${parentId}`) ?? [])
  }
}

function isArrival({ tags }: Span): boolean {
  return /^(?:inbound\||InboundPassthroughCluster)/.test(tags['upstream_cluster'] ?? '')
}

function isDeparture({ tags, kind }: Span): boolean {
  const cluster = tags['upstream_cluster']
  return cluster !== undefined
    ? /^outbound[|_]|^(?:PassthroughCluster|BlackHoleCluster)/.test(cluster)
    : kind === 'client' && tags['component'] === 'proxy'
}

function hopOf(span: Span, all: readonly Span[], tree: Tree, known: Known): Hop {
  const arrived = isArrival(span)
  const departure = arrived ? tree.departureOf(span) : span
  const before = tree.arrivalBefore(span)
  const siblings = arrived ? all.filter((other) => isArrival(other) && departure !== null && tree.departureOf(other) === departure) : [span]
  const whose = arrived ? whoseOf(span, known) : withoutSidecar(span, tree, known)
  const from = departure && !isGateway(departure) ? whoseOf(departure, known).ref : null
  return {
    ...unknownHop,
    parent: before === null ? -1 : all.indexOf(before),
    from,
    service: departure && known.text(hostOf(departure)),
    to: whose?.ref ?? null,
    version: whose?.version ?? null,
    app: whose?.app ?? null,
    status: Number((departure ?? span).tags['http.status_code'] ?? 0) || 0,
    attempt: siblings.indexOf(span) + 1,
  }
}

/** `sidecar~10.244.0.5~reviews-v2-5d8f-x2x.default~default.svc.cluster.local`. Source: Istio, `model.Proxy.ServiceNode`. */
function nodeOf({ tags }: Span): { readonly kind: string; readonly pod: string; readonly namespace: string } | null {
  const [kind, , name] = (tags['node_id'] ?? '').split('~')
  const dot = name?.lastIndexOf('.') ?? -1
  return kind && name && dot > 0 ? { kind, pod: name.slice(0, dot), namespace: name.slice(dot + 1) } : null
}

function isGateway(span: Span): boolean {
  return nodeOf(span)?.kind === 'router' || /gateway/.test(span.service)
}

function whoseOf(span: Span, { pods, namespace }: Known): Whose {
  const node = nodeOf(span)
  const pod = node && pods.find((one) => one.name === node.pod && one.namespace === node.namespace)
  if (pod) return ofPod(pod, namespace)
  const { tags, service } = span
  const [app = service, ...rest] = service.split('.')
  const revision = tags['istio.canonical_revision']
  return {
    ref: {
      namespace: namespace(node?.namespace ?? tags['istio.namespace'] ?? rest[0] ?? ''),
      // As a ReplicaSet calls its pods.
      name: node?.pod.replace(/-[a-z0-9]{5,10}-[a-z0-9]{5}$/, '') ?? app,
      instance: node?.pod ?? '',
    },
    app: tags['istio.canonical_service'] ?? app,
    version: revision && revision !== 'latest' ? revision : null,
  }
}

function ofPod({ namespace, workload, name, app, version }: Pod, scenario: (real: string) => string): Whose {
  return { ref: { namespace: scenario(namespace), name: workload, instance: name }, app, version: version || null }
}

/**
 * Who took a request without a proxy of its own: the address that the sender's proxy has dialled tells, which is the peer of a try's own span alone. `null`:
 * nobody did.
 */
function withoutSidecar(span: Span, tree: Tree, known: Known): Whose | null {
  const flags = span.tags['response_flags'] ?? '-'
  const status = Number(span.tags['http.status_code'] ?? 0)
  if (flags !== '-' || status === 0) return null
  const address = span.tags['upstream_address'] ?? tree.triesOf(span).at(-1)?.tags['peer.address'] ?? ''
  const pod = known.pods.find(({ ip }) => ip !== '' && address.startsWith(`${ip}:`))
  if (pod) return ofPod(pod, known.namespace)
  const [app = '', namespace = ''] = hostOf(span).split('.')
  return app === '' ? null : { ref: { namespace: known.namespace(namespace), name: app, instance: '' }, app, version: null }
}

/** `outbound|9080|v2|reviews.default.svc.cluster.local`; Istio's traces may have `outbound_.9080_.v2_.reviews…`, as SNI does. */
function hostOf({ tags }: Span): string {
  const cluster = tags['upstream_cluster'] ?? ''
  return cluster.startsWith('outbound_') ? (cluster.split('_.')[3] ?? '') : (hostOfCluster(cluster) ?? '')
}
