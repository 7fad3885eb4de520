import { QueryNotModelled, QueryProblem } from './promql/value.ts'
import type { Labels } from './promql/value.ts'
import type { Series, SeriesSource } from './promql/evaluate.ts'
import { metrics, type ReportedRequest } from './reported-requests.ts'

const [total, duration] = metrics.map((name) => `istio_${name}`) as [string, string]

/** ms up to which Envoy counts in one bucket. Source: Envoy `HistogramSettingsImpl::defaultBuckets`. */
const bucketsMs = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000]

const kept: ReadonlySet<string> = new Set([total, ...['bucket', 'sum', 'count'].map((suffix) => `${duration}_${suffix}`)])

/** ms between two values that a range is made of: as of a live mesh, finer than anybody scrapes. */
const stepMs = 1000

/** Rises by `amount` at `atMs`. */
interface Rise {
  readonly atMs: number
  readonly amount: number
}

/** Istio's metrics of the requests, as Prometheus has them. Of others nobody can say that there is no data. */
export function requestSeries(requests: readonly ReportedRequest[]): SeriesSource {
  const inOrder = requests.toSorted((a, b) => a.endMs - b.endMs)
  const all = [...grouped(inOrder, 'requests_total').map(totalOf), ...grouped(inOrder, 'request_duration_milliseconds').flatMap(durationsOf)]
  return {
    stepMs,
    series: (name) => {
      if (name !== null && !kept.has(name)) throw notKept(name)
      return all.filter(({ labels }) => name === null || labels['__name__'] === name)
    },
  }
}

/** A name that Istio has not is misspelled: no mesh counts it. */
function notKept(name: string): Error {
  const what = `what is: ${[...kept].join(', ')}`
  return name.startsWith('istio_') && !isOfIstio.test(name)
    ? new QueryProblem(`no mesh counts ${name}; ${what}`)
    : new QueryNotModelled(`${name} is not counted here; ${what}`)
}

/** Istio's standard metrics of requests, messages and connections, and what its proxies and its control plane count of themselves. */
const isOfIstio =
  /^istio_((requests|(request|response)_messages|tcp_(sent|received)_bytes|tcp_connections_(opened|closed))_total|(request_duration_milliseconds|request_bytes|response_bytes)_(bucket|sum|count)|build|agent_\w+|cni_\w+|dns_\w+)$/

interface Group {
  readonly labels: Labels
  readonly requests: readonly ReportedRequest[]
}

function grouped(requests: readonly ReportedRequest[], metric: keyof ReportedRequest['labels']): readonly Group[] {
  const groups = new Map<string, { readonly labels: Labels; readonly requests: ReportedRequest[] }>()
  for (const request of requests) {
    const labels = request.labels[metric]
    if (!labels) continue
    const key = JSON.stringify(labels)
    const group = groups.get(key) ?? { labels, requests: [] }
    groups.set(key, group)
    group.requests.push(request)
  }
  return [...groups.values()]
}

function totalOf(group: Group): Series {
  return counter(group, total, () => 1)
}

function durationsOf(group: Group): readonly Series[] {
  const upTo = (bound: number): Series =>
    counter(group, `${duration}_bucket`, ({ durationMs }) => Number(Math.floor(durationMs) <= bound), {
      le: bound === Infinity ? '+Inf' : String(bound),
    })
  return [
    counter(group, `${duration}_count`, () => 1),
    counter(group, `${duration}_sum`, ({ durationMs }) => Math.floor(durationMs)),
    ...[...bucketsMs, Infinity].map(upTo),
  ]
}

function counter({ labels, requests }: Group, name: string, amount: (request: ReportedRequest) => number, more: Labels = {}): Series {
  return new Counter(
    { __name__: name, ...labels, ...more },
    requests.map((request) => ({ atMs: request.endMs, amount: amount(request) })),
  )
}

class Counter implements Series {
  readonly labels: Labels
  readonly #times: readonly number[]
  /** After each rise. */
  readonly #values: readonly number[]

  /** @param rises the oldest first */
  constructor(labels: Labels, rises: readonly Rise[]) {
    this.labels = labels
    this.#times = rises.map(({ atMs }) => atMs)
    let sum = 0
    this.#values = rises.map(({ amount }) => (sum += amount))
  }

  valueAt(ms: number): number | null {
    let [from, to] = [0, this.#times.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.#times[middle]! <= ms) from = middle + 1
      else to = middle
    }
    return from === 0 ? null : this.#values[from - 1]!
  }
}

/** When everything that has ended by then is counted: the end of the step that is under way. */
export function momentOf(nowMs: number): number {
  return Math.ceil(nowMs / stepMs) * stepMs
}
