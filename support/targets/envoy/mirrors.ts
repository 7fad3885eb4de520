import { networkInterfaces } from 'node:os'
import type { Decision } from '../../../mesh-core/ir/exchange.ts'
import type { Headers } from '../../../mesh-core/ir/message.ts'
import type { Origin } from '../../../mesh-core/ir/origin.ts'
import type { ProxyConfig } from '../../../mesh-core/ir/proxy-config.ts'
import type { Route } from '../../../mesh-core/ir/route.ts'

/** Clusters of the copies that the chosen rule may have made: each is drawn by chance. Of several routes of the rule the one that makes most. */
export function copiesTo({ routeTables }: ProxyConfig, { rules, chosen }: Decision): readonly string[] {
  const origin = rules[chosen]?.origin
  if (!origin) return []
  let most: readonly string[] = []
  for (const table of Object.values(routeTables))
    for (const { routes } of table.virtualHosts)
      for (const route of routes)
        if (mirrorsOf(route).length > most.length && (isSame(route.origin, origin) || isSame(route.matchOrigin, origin))) most = mirrorsOf(route)
  return most
}

const mirroring = new WeakMap<ProxyConfig, boolean>()

/** Does any of its rules? */
export function mirrors(config: ProxyConfig | null): boolean {
  if (config === null) return false
  const known = mirroring.get(config)
  if (known !== undefined) return known
  const found = Object.values(config.routeTables).some(({ virtualHosts }) =>
    virtualHosts.some(({ routes }) => routes.some((route) => mirrorsOf(route).length > 0)),
  )
  mirroring.set(config, found)
  return found
}

function mirrorsOf({ action }: Route): readonly string[] {
  return action.kind === 'forward' ? action.mirrors.map(({ cluster }) => cluster) : []
}

function isSame(a: Origin | null, b: Origin): boolean {
  return a === b || (a !== null && a.resource === b.resource && a.document === b.document && a.file === b.file && a.path.join() === b.path.join())
}

/** The address of the machine's first interface that is not the loopback, which Envoy takes for its own. Source: Envoy `Network::Utility::getLocalAddress`. */
const localAddress =
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'

/** A copy is told from the request that it was made of by this alone: Envoy adds its own address to the copy's x-forwarded-for. */
export function isCopy(forwardedFor: string | null | undefined): boolean {
  return forwardedFor?.split(',').at(-1)?.trim() === localAddress
}

/** As the copy would arrive in a cluster, where Envoy's own address is the pod's. */
export function asFromPod(headers: Headers, address: string): Headers {
  const copy = headers.copy()
  copy.set('x-forwarded-for', [...copy.get('x-forwarded-for')!.split(',').slice(0, -1), address].join(','))
  return copy
}
