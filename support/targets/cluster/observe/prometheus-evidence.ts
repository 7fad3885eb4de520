import type { Exchange, Hop } from '../../../../mesh-core/ir/exchange.ts'
import type { MetricSample } from '../../target.ts'
import type { Evidence } from '../evidence.ts'
import { unknownHop } from '../unknown-hop.ts'

export const prometheusPhrase =
  'Prometheus: how much istio_requests_total has grown by destination workload, which is all that was there; of several requests it does not tell which one went where'

const by = [
  'reporter',
  'source_workload',
  'source_workload_namespace',
  'destination_workload',
  'destination_workload_namespace',
  'destination_app',
  'destination_canonical_service',
  'destination_version',
  'destination_canonical_revision',
  'destination_service',
  'response_code',
]

/** What went from one workload to another since the scenario began. */
export const edgesQuery = `sum by (${by.join(', ')}) (istio_requests_total)`

/** Requests that went from one workload to another. */
export interface Edge {
  readonly source: string
  readonly destination: Hop & { readonly to: NonNullable<Hop['to']> }
  readonly count: number
}

/** What the receivers have counted; of those without a sidecar what the senders have. Source: istio.io, "Istio Standard Metrics". */
export function edgesOf(samples: readonly MetricSample[], namespace: (real: string) => string): readonly Edge[] {
  const moved = samples.filter(({ value }) => value > 0)
  const received = new Set(moved.filter(({ labels }) => labels['reporter'] === 'destination').map(({ labels }) => labels['destination_workload']))
  return moved
    .filter(
      ({ labels }) =>
        isKnown(labels['destination_workload']) && labels['reporter'] === (received.has(labels['destination_workload']) ? 'destination' : 'source'),
    )
    .map(({ labels, value }) => ({
      source: keyOf(labels, 'source', namespace),
      destination: destinationOf(labels, namespace),
      count: Math.round(value),
    }))
}

function destinationOf(labels: MetricSample['labels'], namespace: (real: string) => string): Edge['destination'] {
  const { destination_workload: name = '', destination_app: app, destination_canonical_service: canonical } = labels
  const version = [labels['destination_version'], labels['destination_canonical_revision']].find((one) => isKnown(one) && one !== 'latest')
  return {
    ...unknownHop,
    to: { namespace: namespace(labels['destination_workload_namespace'] ?? ''), name, instance: '' },
    app: [app, canonical].find(isKnown) ?? name,
    version: version ?? null,
    service: isKnown(labels['destination_service']) ? labels['destination_service']! : null,
    status: Number(labels['response_code']) || 0,
  }
}

function isKnown(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'unknown'
}

function keyOf(labels: MetricSample['labels'], end: 'source' | 'destination', namespace: (real: string) => string): string {
  return `${namespace(labels[`${end}_workload_namespace`] ?? '')}/${labels[`${end}_workload`] ?? ''}`
}

/**
 * Shares what was counted out among the exchanges, from whoever sent on. It is right for how many went where; which one is known only where all went the same
 * way, so that statements about single requests of several are untold.
 * @param sender `namespace/workload`; `null` for a client outside
 */
export function evidenceOfCounts(
  exchanges: readonly Pick<Exchange, 'response'>[],
  edges: readonly Edge[],
  sender: string | null,
): readonly Evidence[] {
  const hops: Hop[][] = exchanges.map(() => [])
  const all = exchanges.map((_, i) => ({ exchange: i, parent: -1 }))
  const roots =
    sender === null
      ? edges.filter(({ source }) => !edges.some((other) => keyOfHop(other.destination) === source))
      : edges.filter(({ source }) => source === sender)
  const problem = share(all, roots, edges, hops, 0)
  const seen = new Set(edges.map(({ destination }) => destination.app))
  return hops.map((own) => ({
    hops: own,
    whole: true,
    untold: ({ name, version }) => {
      if (problem !== null) return problem
      const taken = own.filter((hop) => hop.app === name)
      if (taken.some((hop) => hop.version === null) && version !== null) return `Prometheus does not tell the version of ${name}`
      // It has counted every request of the namespaces: what it has not counted for anybody was received by nobody.
      return seen.has(name) || edges.length > 0 ? null : `Prometheus has counted nothing, so that it does not tell whether ${name} was reached`
    },
  }))
}

interface At {
  readonly exchange: number
  /** Index of the hop that has sent; -1 for the first. */
  readonly parent: number
}

/** @returns why the numbers do not fit together; `null` when they do */
function share(at: readonly At[], edges: readonly Edge[], all: readonly Edge[], hops: Hop[][], depth: number): string | null {
  if (depth > 16) return 'services call each other in a circle, so that Prometheus does not tell which request went where'
  let problem: string | null = null
  for (const app of new Set(edges.map(({ destination }) => destination.app))) {
    const own = edges.filter(({ destination }) => destination.app === app)
    const total = own.reduce((sum, { count }) => sum + count, 0)
    if (total > at.length)
      problem ??= `Prometheus has counted ${total} requests to ${app} where ${at.length} were sent: retries, copies, or somebody else sends, too`
    let next = 0
    const byWorkload = new Map<string, At[]>()
    for (const { destination, count } of own)
      for (const { exchange, parent } of at.slice(next, (next += count))) {
        hops[exchange]!.push({ ...destination, parent })
        const key = keyOfHop(destination)
        byWorkload.set(key, [...(byWorkload.get(key) ?? []), { exchange, parent: hops[exchange]!.length - 1 }])
      }
    for (const [key, reached] of byWorkload)
      problem ??= share(
        reached,
        all.filter(({ source }) => source === key),
        all,
        hops,
        depth + 1,
      )
  }
  return problem
}

function keyOfHop({ to }: Edge['destination']): string {
  return `${to.namespace}/${to.name}`
}
