import { NotSupported } from '../../../target.ts'
import type { AskAdmin } from '../../pods/proxy-admin.ts'
import type { Pod } from '../../pods/pod.ts'
import { stillWarming } from './probed-proxy.ts'

interface VirtualHost {
  readonly domains?: readonly string[]
  readonly routes?: readonly {
    readonly redirect?: { readonly host_redirect?: string }
    readonly direct_response?: { readonly body?: { readonly inline_string?: string } }
  }[]
}

interface RoutesDump {
  readonly configs?: readonly { readonly route_config?: { readonly virtual_hosts?: readonly VirtualHost[] } }[]
}

const warming = 'stats?usedonly&filter=^(cluster_manager\\.warming_clusters|listener_manager\\.total_listeners_warming)$'

/**
 * Which generation the pods of a gateway have whose policies keep questions out. Their proxies are asked for the routes that they have taken up: a push brings
 * listeners, in which policies stand, before routes. Source: Istio `pilot/pkg/xds/ads.go` (PushOrder); Envoy, `/config_dump`.
 * @returns one that is not wanted where some pod has that; `null` where none tells
 * @throws NotSupported where nobody is let in to ask
 */
export async function guardedGeneration(pods: readonly Pod[], admin: AskAdmin, barrier: string, wanted: string): Promise<string | null> {
  const told = await Promise.all(
    pods.map(async (pod) => {
      const generation = generationIn((await admin(pod, 'config_dump?resource=dynamic_route_configs')) ?? '{}', barrier)
      if (generation !== wanted) return generation
      return (await isWarming(pod, admin)) ? stillWarming : generation
    }),
  )
  const others = told.filter((one) => one !== wanted)
  return told.length > 0 && others.length === 0 ? wanted : (others[0] ?? null)
}

/**
 * Does some of them still wait for endpoints, routes or secrets, and go by what it had before? Nobody knows where nobody is let in to ask. Source: Envoy, a cluster
 * that warms serves nothing while the former one does.
 */
export async function areWarming(pods: readonly Pod[], admin: AskAdmin): Promise<boolean> {
  const unknown = (error: unknown): boolean => {
    if (error instanceof NotSupported) return false
    throw error
  }
  const told = await Promise.all(pods.map((pod) => isWarming(pod, admin).catch(unknown)))
  return told.includes(true)
}

async function isWarming(pod: Pod, admin: AskAdmin): Promise<boolean> {
  return /: [1-9]/.test((await admin(pod, warming)) ?? '')
}

/** @param dump as Envoy writes it. @param barrier the host of the barrier */
export function generationIn(dump: string, barrier: string): string | null {
  const { configs = [] } = JSON.parse(dump) as RoutesDump
  const hosts = configs.flatMap(({ route_config }) => route_config?.virtual_hosts ?? [])
  const found = hosts.flatMap(({ domains = [], routes = [] }) =>
    routes.flatMap(({ redirect, direct_response }) => {
      const own = domains.some((domain) => domain === barrier || domain.startsWith(`${barrier}:`)) && direct_response?.body?.inline_string
      return own || (generationOf(redirect?.host_redirect ?? '') ?? [])
    }),
  )
  return found.toSorted((a, b) => Number(a) - Number(b))[0] ?? null
}

/** @param host to which the barrier's route at a Gateway of the Gateway API leads, perhaps within a URL */
export function generationOf(host: string): string | null {
  return /generation-(\d+)\.meshspec\.internal/.exec(host)?.[1] ?? null
}
