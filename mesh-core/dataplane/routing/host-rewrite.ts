import type { Cluster } from '../../ir/cluster.ts'
import type { HttpRequest } from '../../ir/message.ts'
import type { ForwardAction } from '../../ir/route.ts'
import { headerOf } from '../../match/header.ts'
import { pathWithoutQuery } from '../../match/path.ts'
import { splitAuthority, type Dialled } from '../dial.ts'
import { compileReplacement } from './path-rewrite.ts'
import type { Destination } from '../upstream/upstream.ts'

/** @returns the host that a request goes on for; empty: it keeps the one that it has */
export type HostRewriter = (request: HttpRequest) => string

/** What is known before an endpoint is; `null`: nothing. Source: Envoy `RouteEntryImplBase::getRequestHostValue`. */
export function compileHostRewrite(rewrite: ForwardAction['hostRewrite']): HostRewriter | null {
  if (rewrite === null) return null
  if (typeof rewrite === 'string') return () => rewrite
  switch (rewrite.kind) {
    case 'header':
      return (request) => headerOf(request, rewrite.name) ?? ''
    case 'path': {
      const replace = compileReplacement(rewrite.pattern, rewrite.substitution)
      return (request) => replace(pathWithoutQuery(request.path))
    }
    case 'endpoint':
      return null
  }
}

/**
 * How Envoy calls whom a try goes to: what is looked up; of others that are dialled the cluster and the address. Endpoints that istiod lists have no name.
 * Source: Envoy `StrictDnsClusterImpl`, `LogicalDnsCluster`, `OriginalDstCluster`, `dynamic_forward_proxy/cluster.cc`.
 */
export function nameOfHost(cluster: Cluster, { host, tls }: Destination, { authority }: HttpRequest, dialled: Dialled): string {
  switch (cluster.discovery) {
    case 'strict-dns':
    case 'logical-dns':
      return host?.endpoint.address ?? ''
    case 'original-dst':
      return `${cluster.name}${dialled.address ?? ''}:${cluster.portOverride ?? dialled.port}`
    case 'dynamic-dns': {
      const named = splitAuthority(authority, tls.length > 0 ? 'https' : 'http')
      return `${named.hostname}:${cluster.portOverride ?? named.port}`
    }
    case 'eds':
    case 'static':
      return ''
  }
}

/**
 * The host becomes another, and the former is told where that is asked for. @param tells by Envoy's own headers
 * Source: Envoy `Http::Utility::updateAuthority`.
 */
export function updateHost(request: HttpRequest, host: string, tells: boolean, tellsForwarded: boolean): void {
  const { headers } = request
  if (tells && !request.withoutHost) headers.set('x-envoy-original-host', request.authority)
  if (tellsForwarded) tellForwardedHost(headers, request.authority)
  request.authority = host
}

/** Behind those that are told already, unless it is the last of them. */
function tellForwardedHost(headers: HttpRequest['headers'], host: string): void {
  const before = headers.get('x-forwarded-host') ?? ''
  if (before.slice(before.lastIndexOf(',') + 1) !== host) headers.set('x-forwarded-host', before === '' ? host : `${before},${host}`)
}
