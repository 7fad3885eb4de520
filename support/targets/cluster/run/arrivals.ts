import type { Exchange } from '../../../../mesh-core/ir/exchange.ts'
import { markHeader, requestKey } from '../../../../samples/pod/recorded.ts'
import type { Arrival } from '../pods/pod-evidence.ts'
import { podKey } from '../pods/pod.ts'
import type { TellingPod } from './telling-pods.ts'

/** Ids in one question to a pod. */
const idsAtOnce = 500

/** By what a request is known where it first arrives. */
export function markOf({ request }: Exchange): string {
  return requestKey(request.headers.get(markHeader) ?? request.headers.get('x-request-id') ?? '')
}

/** By mark. A gateway may have given a request another id, by which those behind the first pod know it. */
export async function arrivalsOf(told: readonly TellingPod[], marks: readonly string[]): Promise<ReadonlyMap<string, readonly Arrival[]>> {
  const first = await arrivalsAt(told, marks)
  const marked = new Map<string, string>()
  for (const { record } of first) if (record.mark !== null) marked.set(requestKey(record.id), requestKey(record.mark))
  const all = marked.size === 0 ? first : [...first.filter(({ record }) => record.mark === null), ...(await arrivalsAt(told, [...marked.keys()]))]
  const found = new Map<string, Arrival[]>()
  for (const arrival of all) {
    const key = marked.get(requestKey(arrival.record.id)) ?? requestKey(arrival.record.id)
    const own = found.get(key) ?? []
    own.push(arrival)
    found.set(key, own)
  }
  return found
}

async function arrivalsAt(told: readonly TellingPod[], ids: readonly string[]): Promise<readonly Arrival[]> {
  const chunks = Array.from({ length: Math.ceil(ids.length / idsAtOnce) }, (_, i) => ids.slice(i * idsAtOnce, (i + 1) * idsAtOnce))
  const found = await Promise.all(
    told.map(async ({ pod, agent }) => {
      const records = []
      for (const chunk of chunks) records.push(...(await agent.records(chunk)))
      return records.map((record) => ({ pod, record }))
    }),
  )
  return found.flat()
}

export async function unnamedAt(told: readonly TellingPod[], since: ReadonlyMap<string, number> | null): Promise<readonly Arrival[]> {
  if (since === null) return []
  const found = await Promise.all(
    told.map(async ({ pod, agent }) => (await agent.unnamed(since.get(podKey(pod)) ?? 0)).map((record) => ({ pod, record }))),
  )
  return found.flat()
}

/** Within a tunnel nothing says for whom it is. */
export function forSakeOf({ request }: Exchange, arrivals: readonly Arrival[]): readonly Arrival[] {
  return arrivals.map(({ pod, record }) => ({
    pod,
    record: record.request.authority === '' ? { ...record, request: { ...record.request, authority: request.authority } } : record,
  }))
}
