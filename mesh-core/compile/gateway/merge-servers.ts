import type { Gateway, GatewayServer } from './gateway-resource.ts'
import { isPassthrough } from './server-tls.ts'

/** A server of a Gateway at a port of the gateway's pod. */
export interface BoundServer {
  readonly server: GatewayServer
  readonly gateway: Gateway
  readonly podPort: number
  /** `''` for one without HTTP routes. */
  readonly routeName: string
}

/** Servers that share filter chains' kind: those of one port, protocol and address. */
export interface MergedServers {
  readonly podPort: number
  readonly protocol: string
  readonly bind: string
  readonly servers: BoundServer[]
}

export interface MergedGateway {
  /** In the order in which their first servers came. */
  readonly ports: readonly MergedServers[]
  readonly byRouteName: ReadonlyMap<string, readonly BoundServer[]>
}

/** HTTP that is read as it is. */
export function isPlainHttp({ protocol }: GatewayServer): boolean {
  return ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTP_PROXY'].includes(protocol)
}

/** HTTP is read here, behind TLS or not. Source: Istio `pkg/config/gateway` IsHTTPServer. */
export function isHttpServer(server: GatewayServer): boolean {
  return isPlainHttp(server) || (server.protocol === 'HTTPS' && server.tls !== null && !isPassthrough(server.tls))
}

function isTlsServer(server: GatewayServer): boolean {
  return server.tls !== null && !isPlainHttp(server)
}

/**
 * Joins the servers of all Gateways of a workload, the older Gateway first. On one port plain HTTP servers go together, and servers behind TLS do, each for
 * names of its own; what does not fit the first one is left out. Source: Istio `pilot/pkg/model/gateway.go` mergeGateways.
 */
export function mergeServers(bound: readonly BoundServer[]): MergedGateway {
  const merged = new Merging()
  for (const one of bound) merged.add(one)
  return merged
}

class Merging implements MergedGateway {
  readonly ports: MergedServers[] = []
  readonly byRouteName = new Map<string, BoundServer[]>()
  readonly #taken = new Set<number>()
  readonly #plain = new Map<number, MergedServers>()
  /** By port: names of TLS servers, each with its address. */
  readonly #tlsHosts = new Map<number, Map<string, string>>()

  add(one: BoundServer): void {
    if (one.server.tls && !this.#takeNames(one)) return
    if (!this.#taken.has(one.podPort)) return this.#addFirst(one)
    const plain = this.#plain.get(one.podPort)
    if (plain) this.#addToPlain(one, plain)
    else this.#addToTls(one)
  }

  #addFirst(one: BoundServer): void {
    this.#taken.add(one.podPort)
    const port = this.#portOf(one)
    port.servers.push(one)
    if (!isTlsServer(one.server)) this.#plain.set(one.podPort, port)
    if (isHttpServer(one.server)) this.byRouteName.set(one.routeName, [one])
  }

  #addToPlain(one: BoundServer, current: MergedServers): void {
    const sameBind = current.bind === one.server.bind
    const fits = isPlainHttp(one.server) && isPlainHttp(current.servers[0]!.server)
    if (sameBind && (!fits || one.routeName === '')) return
    // The next one is compared with what has come last at an address of its own.
    if (!sameBind && !this.#isThere(one)) return this.#addFirst(one)
    ;(sameBind ? current : this.#portOf(one)).servers.push(one)
    this.byRouteName.set(one.routeName, [...(this.byRouteName.get(one.routeName) ?? []), one])
  }

  #addToTls(one: BoundServer): void {
    if (isHttpServer(one.server)) {
      if (this.byRouteName.has(one.routeName)) return
      this.byRouteName.set(one.routeName, [one])
    }
    const port = this.#portOf(one)
    port.servers.push(one)
    // What TLS has no name for goes there, and nothing but its like comes to the port from now on.
    if (!isTlsServer(one.server)) this.#plain.set(one.podPort, port)
  }

  #isThere({ podPort, server: { protocol, bind } }: BoundServer): MergedServers | undefined {
    return this.ports.find((port) => port.podPort === podPort && port.protocol === protocol && port.bind === bind)
  }

  #portOf(one: BoundServer): MergedServers {
    const known = this.#isThere(one)
    if (known) return known
    const { podPort, server } = one
    const { protocol, bind } = server
    const port = { podPort, protocol, bind, servers: [] }
    this.ports.push(port)
    return port
  }

  /** @returns false when another server has one of the names already */
  #takeNames({ server, podPort }: BoundServer): boolean {
    const names = this.#tlsHosts.get(podPort) ?? new Map<string, string>()
    this.#tlsHosts.set(podPort, names)
    const hosts = server.hosts.map(({ namespace, host }) => `${namespace}/${host}`)
    if (hosts.some((host) => names.get(host) === server.bind)) return false
    for (const host of hosts) names.set(host, server.bind)
    return true
  }
}
