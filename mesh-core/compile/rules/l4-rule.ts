import type { Origin } from '../../ir/origin.ts'
import type { NetworkFilter } from '../../ir/proxy-config.ts'
import type { Labels } from '../../registry/labels.ts'
import { selects } from '../../registry/labels.ts'
import { destinationCluster, type ServiceOf } from '../clusters/destination-cluster.ts'
import { resolveGateway, resolveHost } from '../names.ts'
import type { Destination, TcpRule, TlsRule } from './virtual-service-types.ts'

/** A `tcp[]` or `tls[]` entry with its short names resolved. */
export interface L4Rule {
  /** Any of them has to fit; empty fits always. */
  readonly matches: readonly L4Match[]
  readonly route: readonly { readonly destination: NonNullable<Destination>; readonly weight: number }[]
  readonly origin: Origin
}

/** Port, labels, namespace and gateways are decided when a proxy's config is made; subnets and names when a connection comes. */
export interface L4Match {
  /** 0 for any. */
  readonly port: number
  readonly sourceLabels: Labels
  /** `''` for any. */
  readonly sourceNamespace: string
  /** Empty for any. */
  readonly gateways: readonly string[]
  readonly destinationSubnets: readonly string[]
  readonly sniHosts: readonly string[]
}

export function l4RuleOf(rule: TcpRule | TlsRule, namespace: string, origin: Origin): L4Rule {
  return {
    matches: (rule.match ?? []).map((match) => l4MatchOf(match, namespace)),
    route: (rule.route ?? []).map(({ destination, weight }) => ({
      destination: { ...destination!, host: resolveHost(destination?.host ?? '', namespace) },
      weight: weight ?? 0,
    })),
    origin,
  }
}

type MatchSpec = NonNullable<TcpRule['match']>[number] & Partial<NonNullable<TlsRule['match']>[number]>

function l4MatchOf(match: MatchSpec, namespace: string): L4Match {
  return {
    port: match.port ?? 0,
    sourceLabels: (match.sourceLabels ?? {}) as Labels,
    sourceNamespace: match.sourceNamespace ?? '',
    gateways: (match.gateways ?? []).map((gateway) => resolveGateway(gateway, namespace)),
    destinationSubnets: match.destinationSubnets ?? [],
    sniHosts: match.sniHosts ?? [],
  }
}

/** Whom a rule is compiled for. */
export interface L4Client {
  readonly namespace: string
  readonly labels: Labels
}

/** Source: Istio `core/tls.go` matchTCP, matchTLS. */
export function concerns(match: L4Match, client: L4Client, gateway: string, port: number): boolean {
  const fitsSource = match.sourceNamespace === '' || match.sourceNamespace === client.namespace
  return fitsSource && selects(match.sourceLabels, client.labels) && concernsServer(match, gateway, port)
}

/** At a gateway labels and namespaces of sources are not looked at. Source: Istio `core/gateway.go` l4SingleMatch. */
export function concernsServer(match: L4Match, gateway: string, port: number): boolean {
  return (match.port === 0 || match.port === port) && (match.gateways.length === 0 || match.gateways.includes(gateway))
}

/** Of several destinations those of weight 0 are left out. Source: Istio `core/networkfilter.go` buildOutboundNetworkFilters. */
export function tcpProxyTo({ route, origin }: L4Rule, listenPort: number, serviceOf: ServiceOf): NetworkFilter {
  const clusterOf = ({ destination }: L4Rule['route'][number]): string => destinationCluster(destination, serviceOf, listenPort)
  const [first] = route
  if (first && route.length === 1) return { kind: 'tcp', clusters: [{ cluster: clusterOf(first), weight: 1 }], origin }
  const clusters = route.filter(({ weight }) => weight > 0).map((one) => ({ cluster: clusterOf(one), weight: one.weight }))
  return { kind: 'tcp', clusters, origin, ...(first && { ruledBy: clusterOf(first) }) }
}
