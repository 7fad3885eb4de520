import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { NotYetProgrammed } from '../../../target.ts'

/** A proxy that tells its clusters. */
export interface TellingProxy {
  /** `the sidecar of pod shop-v1-5d8.default` */
  readonly name: string
  /** @returns as Envoy's `/clusters` writes them, `''` where nobody may ask; `null` for a question that failed */
  clusters(): Promise<string | null>
}

interface Entry {
  readonly hosts?: readonly string[]
  readonly resolution?: string
  readonly endpoints?: readonly { readonly address?: string }[]
}

/** ms between two questions, at first and at most. */
const pauseMs = { first: 100, most: 1000 }
/** ms until a proxy that tells nothing counts as one that never does. */
const silentMs = 5000

/** Hosts whose addresses proxies look up. @param isFound of names that DNS knows */
export function lookedUp(objects: readonly KubeObject[], isFound: (name: string) => boolean): readonly string[] {
  const entries = objects.filter(({ kind }) => kind === 'ServiceEntry').map(({ spec }) => spec as Entry)
  return entries
    .filter(({ resolution }) => resolution === 'DNS' || resolution === 'DNS_ROUND_ROBIN')
    .flatMap(({ hosts = [], endpoints = [] }) => {
      const own = endpoints.flatMap(({ address }) => address ?? [])
      return hosts.filter((host) => !host.startsWith('*') && (own.length > 0 ? own : [host]).every(isFound))
    })
}

/**
 * @param clusters as Envoy's `/clusters` writes them: `outbound|443||edition.cnn.com::10.244.0.7:443::cx_active::0`
 * @returns those of the hosts that some cluster is of without having an address
 */
export function unresolvedIn(clusters: string, hosts: readonly string[]): readonly string[] {
  const isResolved = new Map<string, boolean>()
  for (const [, name = '', rest = ''] of clusters.matchAll(/^(outbound\|\d+\|[^|]*\|[^:|]+)::(.*)$/gm))
    isResolved.set(name, (isResolved.get(name) ?? false) || /^(?:\d+\.\d+\.\d+\.\d+|\[[\da-f:]+\]):\d+::/.test(rest))
  const lacking = [...isResolved].filter(([, resolved]) => !resolved).map(([name]) => name.slice(name.lastIndexOf('|') + 1))
  return hosts.filter((host) => lacking.includes(host))
}

/**
 * Waits until proxies have found addresses of the names that entries have them look up. A cluster counts as warm when DNS has answered, even that there is none, or
 * has not; what is sent there meanwhile finds no healthy upstream. Source: Envoy, "Strict DNS".
 * @param deadline of `performance.now`
 * @throws NotYetProgrammed
 */
export async function awaitResolved(proxies: readonly TellingProxy[], hosts: readonly string[], deadline: number): Promise<void> {
  if (hosts.length > 0) await Promise.all(proxies.map((proxy) => awaitAt(proxy, hosts, deadline)))
}

async function awaitAt(proxy: TellingProxy, hosts: readonly string[], deadline: number): Promise<void> {
  const silentUntil = performance.now() + silentMs
  for (let ms = pauseMs.first; ; ms = Math.min(ms * 1.5, pauseMs.most)) {
    const clusters = await proxy.clusters()
    const lacking = unresolvedIn(clusters ?? '', hosts)
    if (lacking.length === 0 && (clusters !== null || performance.now() > silentUntil)) return
    if (performance.now() > deadline) throw new NotYetProgrammed(`not yet programmed: ${proxy.name} has found no address of ${lacking.join(', ')}`)
    await sleep(ms)
  }
}
