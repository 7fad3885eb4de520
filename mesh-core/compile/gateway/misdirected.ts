import { noMutation, type Route, type VirtualHost } from '../../ir/route.ts'
import type { BoundServer } from './merge-servers.ts'
import { isHttpServer, isPlainHttp } from './merge-servers.ts'
import { matchAll } from '../rules/route-match.ts'

/**
 * Adds, to the virtual hosts of an HTTPS listener, those of the other ones on its port: a request for one of their hosts has come by a connection that was
 * opened for another, and is answered 421. Who has none of the hosts is still answered 404.
 * Source: Gateway API `Listener.hostname`, feature GatewayHTTPSListenerDetectMisdirectedRequests.
 * @param own of which the hosts are
 * @param all servers of the gateway's pod
 */
export function withMisdirected(hosts: readonly VirtualHost[], own: readonly BoundServer[], all: readonly BoundServer[]): VirtualHost[] {
  const { podPort, server } = own[0]!
  if (!isHttps(own[0]!)) return [...hosts]
  // A table without any route says 404 to everything, in which the others would not be found.
  const served = hosts.filter(({ routes, requireTls }) => routes.length > 0 || requireTls)
  const taken = new Set(served.flatMap(({ domains }) => domains))
  const names = hostsOf(own)
  const added: VirtualHost[] = []
  const add = (host: string, routes: readonly Route[]): void => {
    if (taken.has(host)) return
    taken.add(host)
    added.push({ name: `${host}:${server.port}`, domains: [host], routes, requireTls: false })
  }
  for (const host of names) add(host, [])
  for (const other of all)
    if (isHttps(other) && other.podPort === podPort && !own.includes(other)) for (const host of hostsOf([other])) add(host, [misdirected(other)])
  return [...served, ...added]
}

function isHttps({ server, gateway }: BoundServer): boolean {
  return isHttpServer(server) && !isPlainHttp(server) && gateway.services !== null
}

function hostsOf(servers: readonly BoundServer[]): string[] {
  return servers.flatMap(({ server }) => server.hosts.map(({ host }) => host.toLowerCase()))
}

function misdirected({ server: { origin } }: BoundServer): Route {
  return {
    name: 'misdirected',
    match: matchAll,
    action: { kind: 'direct-response', status: 421, body: null },
    requestHeaders: noMutation,
    responseHeaders: noMutation,
    fault: null,
    cors: null,
    refusal: null,
    origin,
    matchOrigin: null,
  }
}
