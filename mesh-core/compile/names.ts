import { isIpAddress } from '../config/istio/names.ts'
import { fqdn } from '../registry/services.ts'

/** Names the sidecars in `gateways` lists. */
export const meshGateway = 'mesh'
/** Where mesh-wide config lives. */
export const rootNamespace = 'istio-system'

/**
 * Only a name without a dot is expanded, `*b` among them, by the namespace of the rule that it stands in; `*` and addresses stay as they are, and so does the
 * case of letters.
 * Source: Istio `pilot/pkg/model/config.go` ResolveShortnameToFQDN.
 */
export function resolveHost(host: string, namespace: string): string {
  if (host === '' || host === '*' || host.includes('.') || isIpAddress(host)) return host
  return fqdn(host, namespace)
}

/**
 * `gw` → `<namespace>/gw`, `./gw` → the own namespace, `gw.ns.svc.cluster.local` (and any `gw.ns…`) → `ns/gw`; `mesh` is kept.
 * Source: Istio `pilot/pkg/model/virtualservice.go` resolveGatewayName.
 */
export function resolveGateway(gateway: string, namespace: string): string {
  if (gateway === meshGateway) return gateway
  const slash = gateway.indexOf('/')
  if (slash >= 0) return gateway.startsWith('./') ? `${namespace}/${gateway.slice(2)}` : gateway
  const [name, owner] = gateway.split('.')
  return owner === undefined ? `${namespace}/${gateway}` : `${owner}/${name}`
}

/** Source: Istio `pilot/pkg/model/context.go` BuildSubsetKey. */
export function clusterName(host: string, port: number, subset: string): string {
  return `outbound|${port}|${subset}|${host}`
}

/** Of a port that takes datagrams: there may be one of the same number that takes connections. */
export function udpClusterName(host: string, port: number): string {
  return `outbound_udp|${port}||${host}`
}

/** As an SNI name can say it. Source: the same file, BuildDNSSrvSubsetKey. */
export function sniClusterName(host: string, port: number, subset: string): string {
  return `outbound_.${port}_.${subset}_.${host}`
}

/** Source: the same file, IsDNSSrvSubsetKey. */
export function isSniClusterName(cluster: string): boolean {
  return cluster.startsWith('outbound_.')
}

/** `*`, `*.example.com`. */
export function isWildcard(host: string): boolean {
  return host.startsWith('*')
}

/** Is every name that `host` stands for also one of `other`? Source: Istio `pkg/config/host/name.go` SubsetOf. */
export function isSubsetOf(host: string, other: string): boolean {
  if (!isWildcard(other)) return host === other
  const suffix = other.slice(1)
  if (!isWildcard(host)) return host.endsWith(suffix)
  return host.length >= other.length && host.slice(1).endsWith(suffix)
}

/** Have the two any name in common? Source: the same file, Matches. */
export function overlaps(a: string, b: string): boolean {
  return isSubsetOf(a, b) || isSubsetOf(b, a)
}

/** The names that are covered by both lists, in the narrower form of each pair. Source: `pkg/config/host/names.go` Intersection. */
export function intersection(a: readonly string[], b: readonly string[]): string[] {
  const found = new Set<string>()
  for (const one of a)
    for (const other of b)
      if (isSubsetOf(one, other)) found.add(one)
      else if (isSubsetOf(other, one)) found.add(other)
  return [...found]
}
