import { requestKey } from '../../../../samples/pod/recorded.ts'
import type { KubeApi } from '../kube/kube-api.ts'
import { proxy } from '../pods/pod.ts'
import type { Pod } from '../pods/pod.ts'
import { readLogLine } from './access-log-line.ts'
import type { LogLine } from './access-log-line.ts'
import { SourceFailure } from './source-failure.ts'
import { ApiFailure } from '../kube/api-failure.ts'
import { markOfAgent } from './marks.ts'
import type { Sought, Span, TraceSource } from './span.ts'

/** s before the first request from which on lines are read: clocks differ. */
const skew = 5
/** Bytes of one pod's log. */
const mostBytes = 20_000_000

interface Entry extends LogLine {
  readonly pod: Pod
  readonly number: number
}

/** The access logs of sidecars and gateways, which `kubectl logs` shows, as spans: who sent, who received, by `x-request-id`. */
export class AccessLogs implements TraceSource {
  readonly name = 'the access logs of the pods'
  readonly phrase = 'access logs of the pods, by x-request-id'
  /** Istio's proxies write every second. Source: Istio `pkg/envoy/proxy.go`, `--file-flush-interval-msec`. */
  readonly patience = { deadlineMs: 8000, quietMs: 1500, pauseMs: 500 }
  readonly #api: KubeApi
  readonly #pods: () => Promise<readonly Pod[]>
  #unreached: ReadonlySet<string> = new Set()

  /** @param pods those with a proxy whose logs are to be read: of the scenario, and of the gateway */
  constructor(api: KubeApi, pods: () => Promise<readonly Pod[]>) {
    this.#api = api
    this.#pods = pods
  }

  /** Apps whose proxies keep an access log, and have written no request into it that came in. */
  get unreached(): ReadonlySet<string> {
    return this.#unreached
  }

  async probe(): Promise<void> {
    const [pod] = await this.#pods()
    if (pod) await this.#linesOf(pod, Date.now())
  }

  async find({ marks, fromMs, toMs }: Sought): Promise<readonly Span[]> {
    const pods = await this.#pods()
    const logs = await Promise.all(pods.map(async (pod) => ({ pod, lines: await this.#linesOf(pod, fromMs) })))
    if (logs.every(({ lines }) => lines.length === 0) && Date.now() - toMs > this.patience.deadlineMs / 2)
      throw new SourceFailure(this.name, null, 'have no line: does the mesh keep them? (meshConfig.accessLogFile, accessLogging of Telemetry)')
    this.#unreached = unreachedOf(logs, fromMs, toMs)
    const entries = logs.flatMap(({ pod, lines }) => lines.map((line, number) => ({ ...line, pod, number })))
    const wanted = new Set(marks.map(requestKey))
    const ids = new Set(
      entries
        .filter((entry) => wanted.has(requestKey(markOfAgent(entry.userAgent))) || wanted.has(requestKey(entry.requestId)))
        .map((entry) => requestKey(entry.requestId)),
    )
    return [...ids].filter((id) => id !== '').flatMap((id) => spansOf(entries.filter((entry) => requestKey(entry.requestId) === id)))
  }

  async #linesOf({ namespace, name }: Pod, fromMs: number): Promise<readonly LogLine[]> {
    const since = new Date(fromMs - skew * 1000).toISOString()
    const query = new URLSearchParams({ container: proxy, sinceTime: since, limitBytes: String(mostBytes) }).toString()
    try {
      const log = await this.#api.send<string>({ method: 'GET', path: `/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`, text: true })
      return log.split('\n').flatMap((line) => readLogLine(line) ?? [])
    } catch (error) {
      if (error instanceof ApiFailure) {
        if (error.status === 404) return []
        const what =
          error.status === 403 ? `are not permitted to be read (get pods/log): ${error.message}` : `cannot be read: ${error.status} ${error.message}`
        throw new SourceFailure(this.name, error.status, what)
      }
      throw error
    }
  }
}

function isInbound({ cluster }: LogLine): boolean {
  return /^inbound\||^InboundPassthroughCluster/.test(cluster)
}

function unreachedOf(logs: readonly { readonly pod: Pod; readonly lines: readonly LogLine[] }[], fromMs: number, toMs: number): ReadonlySet<string> {
  // What belongs to a request of this run is that one's.
  const own = new Set(
    logs.flatMap(({ lines }) => lines.filter(({ userAgent }) => markOfAgent(userAgent) !== '').map(({ requestId }) => requestKey(requestId))),
  )
  const isForeign = (line: LogLine): boolean =>
    isInbound(line) && line.startMs >= fromMs - skew * 1000 && line.startMs <= toMs + skew * 1000 && !own.has(requestKey(line.requestId))
  const silent = new Set<string>()
  const perhaps = new Set<string>()
  for (const { pod, lines } of logs) {
    // Without a line of any kind nobody knows whether the proxy keeps a log at all.
    if (lines.length === 0 || lines.some(isForeign)) perhaps.add(pod.app)
    else silent.add(pod.app)
  }
  return new Set([...silent].filter((app) => !perhaps.has(app)))
}

/** Of one request id. */
function spansOf(entries: readonly Entry[]): readonly Span[] {
  const claimed = new Set<Entry>()
  return entries
    .toSorted((a, b) => a.startMs - b.startMs)
    .map((entry): Span => {
      const parent = isInbound(entry)
        ? senderOf(entry, entries, claimed)
        : (entries.find((other) => isInbound(other) && other.pod === entry.pod) ?? null)
      if (parent && isInbound(entry)) claimed.add(parent)
      return spanOf(entry, parent)
    })
}

/** The proxy that has dialled this pod; one that has tried several times is the same for each. */
function senderOf(entry: Entry, entries: readonly Entry[], claimed: ReadonlySet<Entry>): Entry | null {
  const remote = entry.downstreamRemote.replace(/:\d+$/, '')
  const senders = entries.filter((other) => !isInbound(other) && other.pod !== entry.pod)
  const dialled = senders.filter(({ upstreamHost }) => upstreamHost.startsWith(`${entry.pod.ip}:`))
  const near = dialled.length > 0 ? dialled : senders.filter(({ pod }) => pod.ip === remote && pod.sidecar)
  return near.find((other) => !claimed.has(other)) ?? near[0] ?? null
}

function spanOf(entry: Entry, parent: Entry | null): Span {
  const { pod, startMs, status, flags, upstreamHost, cluster, requestId } = entry
  const kind = pod.sidecar ? 'sidecar' : 'router'
  return {
    traceId: requestKey(requestId),
    id: idOf(entry),
    parentId: parent && idOf(parent),
    kind: isInbound(entry) ? 'server' : 'client',
    service: `${pod.app}.${pod.namespace}`,
    startMs,
    tags: {
      upstream_cluster: cluster,
      upstream_address: upstreamHost,
      response_flags: flags,
      'http.status_code': String(status),
      'guid:x-request-id': requestId,
      'guid:x-client-trace-id': markOfAgent(entry.userAgent),
      node_id: `${kind}~${pod.ip}~${pod.name}.${pod.namespace}~`,
      component: 'proxy',
    },
  }
}

function idOf({ pod, number }: Entry): string {
  return `${pod.namespace}/${pod.name}#${number}`
}
