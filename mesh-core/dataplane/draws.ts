import type { Endpoint } from '../ir/cluster.ts'
import type { Draw } from '../ir/exchange.ts'
import type { Fault } from '../ir/route.ts'
import { describeCluster } from './upstream/describe-cluster.ts'
import type { Passage } from './passage.ts'
import type { RouteRuntime } from './routing/route-runtime.ts'

const million = 1_000_000

/** Workloads that a draw among endpoints names. */
const namesShown = 5

/** What chance has decided of a request in one proxy. */
export function drawsOf({ proxy, route, choice }: Passage): readonly Draw[] {
  if (!route) return []
  const { config, choices, hash } = route
  const endpointsOf = (cluster: string): readonly Endpoint[] => proxy.cluster(cluster)?.config.endpoints ?? []
  const text = weightsOf(route)
  const weights =
    text === null
      ? []
      : [{ kind: 'weight' as const, text, among: choices.flatMap(({ config }) => (config.weight > 0 ? endpointsOf(config.cluster) : [])) }]
  const among = choice && !hash ? endpointsOf(choice.config.cluster).filter(({ healthy }) => healthy) : []
  const endpoints = among.length > 1 ? [{ kind: 'endpoint' as const, text: endpointsText(choice!.config.cluster, among), among }] : []
  return [...(config.fault ? faultDraws(config.fault) : []), ...weights, ...endpoints]
}

/** `70% shop subset v1, 30% shop subset v2`; `null` where there is no choice. */
export function weightsOf({ choices, totalWeight }: RouteRuntime): string | null {
  const drawn = choices.filter(({ config: { weight } }) => weight > 0)
  if (drawn.length < 2) return null
  return drawn
    .map(({ config: { cluster, weight } }) => `${Number(((100 * weight) / totalWeight).toFixed(2))}% ${describeCluster(cluster)}`)
    .join(', ')
}

function faultDraws({ delay, abort }: Fault): Draw[] {
  const isDrawn = (ppm: number): boolean => ppm > 0 && ppm < million
  const percent = (ppm: number): string => `${Number((ppm / 10_000).toFixed(4))}%`
  return [
    ...(delay && isDrawn(delay.ppm)
      ? [{ kind: 'fault' as const, text: `${percent(delay.ppm)} are delayed by ${delay.durationMs ?? 'as many'} ms`, among: [] }]
      : []),
    ...(abort && isDrawn(abort.ppm) ? [{ kind: 'fault' as const, text: `${percent(abort.ppm)} are aborted`, among: [] }] : []),
  ]
}

function endpointsText(cluster: string, endpoints: readonly Endpoint[]): string {
  const names = endpoints.map(({ workload }) => workload.instance)
  const rest = names.length > namesShown ? `, and ${names.length - namesShown} more` : ''
  return `one of ${names.length} endpoints of ${describeCluster(cluster)}: ${names.slice(0, namesShown).join(', ')}${rest}`
}
