import { hostOfCluster } from '../../mesh-core/ir/cluster.ts'
import type { Decision, Exchange, Hop } from '../../mesh-core/ir/exchange.ts'
import { hostOf } from '../sentences/service-ref.ts'
import type { ServiceRef } from '../targets/target.ts'
import type { CheckContext } from './check.ts'
import { chainTo, isAt, isFor } from './evidence.ts'

/**
 * The exact share of requests that reach a version, from the odds of the rules that they took. Known only where one choice decides it: each
 * request asks for the service once, by the same rule; each cluster of that rule leads to one version; no choice was made before it; and
 * nothing was stopped on its way, as by an injected fault, which has odds of its own.
 * @returns null where it is not known
 */
export function exactShare(exchanges: readonly Exchange[], service: ServiceRef, { behind }: CheckContext): number | null {
  if (behind === null) return null
  const anyVersion = { ...service, version: null }
  const ways: Hop[] = []
  const shares = new Set<number | null>()
  for (const exchange of exchanges) {
    const hop = soleRequestFor(exchange, anyVersion)
    if (hop === null || hop.to === null || hop.explain === null) return null
    // The requests of one `When` are all the same, so those that took the same way were decided by the same rule.
    if (ways.some((way) => wentLike(way, hop))) continue
    ways.push(hop)
    shares.add(isCertainUpTo(exchange, hop) ? shareOf(hop.explain(), service, behind) : null)
  }
  const [share = null, ...others] = shares
  return others.length > 0 ? null : share
}

/** By the same proxy to the same cluster. */
function wentLike({ log }: Hop, other: Hop): boolean {
  return log?.proxy === other.log?.proxy && log?.cluster === other.log?.cluster
}

/** The one hop that asked for the service, in whatever version; `null` when there are several, or none. Copies do not count. */
function soleRequestFor({ hops }: Exchange, service: ServiceRef): Hop | null {
  let asked: Hop | null = null
  for (const hop of hops) {
    if (hop.mirrored || hop.asks || !(isFor(hop, service) || isAt(hop, service))) continue
    if (asked) return null
    asked = hop
  }
  return asked
}

/** The requests on the way to this one could go nowhere else. */
function isCertainUpTo({ hops }: Exchange, hop: Hop): boolean {
  const above = chainTo(hops, hops.indexOf(hop)).slice(0, -1)
  return above.every((i) => (hops[i]!.explain?.().odds.length ?? 0) <= 1)
}

function shareOf({ proxy, odds }: Decision, service: ServiceRef, behind: NonNullable<CheckContext['behind']>): number | null {
  let sum = 0
  for (const { cluster, share } of odds) {
    const backends = behind(proxy, cluster)
    const isMeant = service.namespace !== null && hostOfCluster(cluster) === hostOf(service)
    const wanted = backends.filter((backend) => (isMeant ? isVersion(backend, service) : isBackend(backend, service)))
    // A cluster over several versions: which one a request meets is the balancer's affair, whose odds nobody has written down.
    if (wanted.length > 0 && wanted.length < backends.length) return null
    if (wanted.length > 0) sum += share
  }
  return odds.length === 0 ? null : sum
}

type Backend = ReturnType<NonNullable<CheckContext['behind']>>[number]

function isBackend(backend: Backend, service: ServiceRef): boolean {
  const { name, namespace } = service
  return backend.app === name && (namespace === null || backend.namespace === namespace) && isVersion(backend, service)
}

function isVersion(backend: Backend, { version }: ServiceRef): boolean {
  return version === null || backend.version === version
}
