import type { PodAgent } from '../../pods/agent.ts'
import { ownAnswers } from '../../pods/gateway-counts.ts'
import { podKey } from '../../pods/pod.ts'
import type { Pod } from '../../pods/pod.ts'
import { barrierPort, statsPort } from '../../pods/gateway-ports.ts'
import { questionMs } from './probed-proxy.ts'

/** By `podKey`. */
export type Counts = ReadonlyMap<string, number>

const path = `/stats/prometheus?usedonly&filter=${encodeURIComponent(`\\.(${ownAnswers.join('|')})$`)}`
const question = { secure: false, method: 'GET', path, body: '', elsewhere: false, port: statsPort, headers: ['host', 'localhost'] }

/** How many requests gateways of the run have answered by themselves. @param asker another pod of the run. @returns of those that tell */
export async function countOwnAnswers(gateways: readonly Pod[], asker: Pick<PodAgent, 'call'>): Promise<Counts> {
  const counted = await Promise.all(
    gateways.map(async (pod) => {
      const { status, body = '' } = await asker.call({ ...question, host: pod.ip, timeoutMs: questionMs })
      return status === 200 ? [[podKey(pod), countIn(body)] as const] : []
    }),
  )
  return new Map(counted.flat())
}

/** Of servers that are the scenario's. @param text in Prometheus' format */
function countIn(text: string): number {
  const samples = text.matchAll(/^envoy_http_\w+\{([^}]*)\} (\d+)$/gm)
  return [...samples].reduce((sum, [, labels = '', count]) => (labels.includes(`_${barrierPort}`) ? sum : sum + Number(count)), 0)
}

/** Who has answered the one request that was sent in between? @returns `null` for nobody of them, or who cannot be told */
export function answererOf(gateways: readonly Pod[], before: Counts, after: Counts): Pod | null {
  const grown = gateways.filter((pod) => (after.get(podKey(pod)) ?? 0) > (before.get(podKey(pod)) ?? 0))
  return grown.length === 1 ? grown[0]! : null
}
