import type { PodAgent } from '../../pods/agent.ts'
import { arrivals, ownAnswers } from '../../pods/gateway-counts.ts'
import { podKey } from '../../pods/pod.ts'
import type { Pod } from '../../pods/pod.ts'
import { barrierPort, healthPort, statsPort } from '../../pods/gateway-ports.ts'
import { questionMs } from './probed-proxy.ts'

/** What one gateway has counted. */
export interface Count {
  /** Requests that it has answered by itself. */
  readonly answers: number
  /** Requests and connections that have come to it. */
  readonly arrivals: number
}

/** By `podKey`. */
export type Counts = ReadonlyMap<string, Count>

const path = `/stats/prometheus?usedonly&filter=${encodeURIComponent(`\\.(${[...ownAnswers, ...arrivals].join('|')})$`)}`
const question = { secure: false, method: 'GET', path, body: '', elsewhere: false, port: statsPort, headers: ['host', 'localhost'] }

/** What gateways of the run have counted. @param asker another pod of the run. @returns of those that tell */
export async function countAtGateways(gateways: readonly Pod[], asker: Pick<PodAgent, 'call'>): Promise<Counts> {
  const counted = await Promise.all(
    gateways.map(async (pod) => {
      const { status, body = '' } = await asker.call({ ...question, host: pod.ip, timeoutMs: questionMs })
      return status === 200 ? [[podKey(pod), countIn(body)] as const] : []
    }),
  )
  return new Map(counted.flat())
}

/** Where the run and the kubelet ask. */
const others = new RegExp(`_(?:${[barrierPort, statsPort, healthPort].join('|')})\\b`)

/** Of servers that are the scenario's. @param text in Prometheus' format */
function countIn(text: string): Count {
  const samples = [...text.matchAll(/^envoy_(\w+)\{([^}]*)\} (\d+)$/gm)].map(([, name = '', labels = '', count]) => ({
    name,
    labels,
    count: Number(count),
  }))
  const own = samples.filter(({ labels }) => /outbound_|listener_address/.test(labels) && !others.test(labels))
  const sum = (of: typeof own): number => of.reduce((total, { count }) => total + count, 0)
  const isArrival = ({ name }: (typeof own)[number]): boolean => name === 'http_downstream_rq_total' || name === 'listener_downstream_cx_total'
  return {
    answers: sum(own.filter(({ name }) => name.startsWith('http_') && !name.startsWith('http_downstream_'))),
    arrivals: sum(own.filter(isArrival)),
  }
}

const none: Count = { answers: 0, arrivals: 0 }

/** Who has answered the one request that was sent in between? @returns `null` for nobody of them, or who cannot be told */
export function answererOf(gateways: readonly Pod[], before: Counts, after: Counts): Pod | null {
  const at = (counts: Counts, pod: Pod): number => (counts.get(podKey(pod)) ?? none).answers
  const grown = gateways.filter((pod) => at(after, pod) > at(before, pod))
  return grown.length === 1 ? grown[0]! : null
}

/** Has nothing come to any of them in between? Not where there is none, or one has not told. */
export function areUnreached(gateways: readonly Pod[], before: Counts, after: Counts): boolean {
  const isSame = (pod: Pod): boolean => before.has(podKey(pod)) && before.get(podKey(pod))!.arrivals === after.get(podKey(pod))?.arrivals
  return gateways.length > 0 && gateways.every(isSame)
}
