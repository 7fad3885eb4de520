import { hostOfCluster } from '../../mesh-core/ir/cluster.ts'
import type { Exchange, Hop } from '../../mesh-core/ir/exchange.ts'
import { describeDecision } from '../explain/decision.ts'
import { formatServiceRef, hostOf } from '../sentences/service-ref.ts'
import type { ServiceRef } from '../targets/target.ts'
import type { CheckContext } from './check.ts'

/** A workload took it, or the world outside, and not as a copy that nobody waits for, or as a question about another. */
export function arrived(hop: Hop): boolean {
  return isTaken(hop) && !hop.mirrored && !hop.asks
}

/** Nobody is known by name who takes what leaves the mesh for a host that it does not know. */
function isTaken(hop: Hop): boolean {
  return hop.to !== null || hop.received !== null
}

/** Is the workload that took this request one of the service, in the version? */
export function isAt(hop: Hop, service: ServiceRef): boolean {
  const { name, namespace, version } = service
  if (!isTaken(hop) || (version !== null && hop.version !== version)) return false
  if (namespace !== null && hostBehind(hop) === hostOf(service)) return true
  if (hop.to === null || (namespace !== null && hop.to.namespace !== namespace)) return false
  return hop.app === name || serviceBehind(hop) === name
}

/** Did a workload of the service send it, by what workloads are called: `shop`, `shop-v1`? */
export function isFrom({ from }: Hop, { name, namespace, version }: ServiceRef): boolean {
  if (from === null || (namespace !== null && from.namespace !== namespace)) return false
  return version === null ? from.name === name || from.name.startsWith(`${name}-`) : from.name === `${name}-${version}`
}

/** Was this request addressed to the service, wherever it went? */
export function isFor(hop: Hop, service: ServiceRef): boolean {
  const { name: wanted, namespace } = service
  if (hop.service === null) return false
  if (hop.service === hostOf(service)) return true
  const [name, own] = labelsOf(hop.service)
  return name === wanted && (namespace === null || own === undefined || own === namespace)
}

/** `reviews:v2`, `shop`, and `shop.prod` where it is in no namespace that goes without saying: what the statement would have to name. */
export function nameOf(hop: Hop): string {
  const app = hop.app ?? hop.to?.name ?? (hop.received === null ? null : askedHost(hop)) ?? 'nobody'
  const namespace = hop.to?.namespace ?? 'default'
  return formatServiceRef({ name: app, namespace: namespace === 'default' ? null : namespace, version: hop.version || null })
}

/** Root-to-leaf chains of the workloads that took part: `productpage:v1 -> reviews:v2 -> ratings:v1`. Copies are left out. */
export function pathsOf({ hops }: Pick<Exchange, 'hops'>): string[] {
  const paths: string[] = []
  for (let i = 0; i < hops.length; i++) if (arrived(hops[i]!) && isLeaf(hops, i)) paths.push(pathTo(hops, i))
  return paths
}

function isLeaf(hops: readonly Hop[], index: number): boolean {
  for (let i = index + 1; i < hops.length; i++) if (hops[i]!.parent === index && arrived(hops[i]!)) return false
  return true
}

function pathTo(hops: readonly Hop[], index: number): string {
  const hop = hops[index]!
  return hop.parent < 0 ? nameOf(hop) : `${pathTo(hops, hop.parent)} -> ${nameOf(hop)}`
}

/** Indices of the hops from the root to the given one. */
export function chainTo(hops: readonly Hop[], index: number): number[] {
  const chain: number[] = []
  for (let i = index; i >= 0; i = hops[i]!.parent) chain.unshift(i)
  return chain
}

/**
 * Why the request went where it went: the decisions about requests to the service, else those that ended without a workload, else the first one.
 * `''` where the target cannot tell.
 */
export function explain(exchange: Exchange, about: ServiceRef | null, context: CheckContext): string {
  const candidates = [
    exchange.hops.filter((hop) => about !== null && isFor(hop, about)),
    exchange.hops.filter((hop) => hop.to === null),
    exchange.hops,
  ]
  const hops = candidates.map((some) => some.filter((hop) => hop.explain !== null)).find((some) => some.length > 0) ?? []
  return explainHops(about === null && hops.length > 1 ? hops.slice(0, 1) : hops, context)
}

/** Why these requests went where they went, each way told once; `''` where the target cannot tell. */
export function explainHops(hops: readonly Hop[], { locate }: CheckContext): string {
  const decisions = hops.flatMap(({ explain, denial }) => [...(explain ? [explain()] : []), ...(denial ? [denial()] : [])])
  return [...new Set(decisions.map((decision) => describeDecision(decision, locate)))].join('\n')
}

/** A complaint with its explanation below it. */
export function withReasons(complaint: string, reasons: string): string {
  return reasons === '' ? complaint : `${complaint}\n${reasons}`
}

/** First label of the host that the proxy chose. */
function serviceBehind(hop: Hop): string | undefined {
  const host = chosenHost(hop)
  return host === null ? undefined : labelsOf(host)[0]
}

/** It may differ from the one that was asked for. Without a proxy, the one that was asked for; `null` where the client's own destination is kept. */
function chosenHost({ log, service }: Hop): string | null {
  return log === null ? service : hostOfCluster(log.cluster)
}

/** The host that took the request; that was asked for, where the proxy has chosen none of its own: of a wildcard, or one that it does not know. */
function hostBehind(hop: Hop): string | null {
  const chosen = chosenHost(hop)
  return chosen === null || chosen.startsWith('*') ? askedHost(hop) : chosen
}

/** Of what leaves the mesh for a host that it does not know, only the request itself tells. */
function askedHost({ service, received }: Hop): string | null {
  return service ?? received?.authority.replace(/:\d+$/, '') ?? null
}

const split = new Map<string, readonly string[]>()

/** The labels of a host. Remembered: the thousands of hops of a sample name a handful of hosts. */
function labelsOf(host: string): readonly string[] {
  const known = split.get(host)
  if (known) return known
  const labels = host.split('.')
  split.set(host, labels)
  return labels
}
