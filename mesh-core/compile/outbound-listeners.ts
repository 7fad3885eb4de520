import { anyConnection } from '../ir/proxy-config.ts'
import { anyPort } from './destination-cluster.ts'
import type { FilterChain, HttpSettings, Listener } from '../ir/proxy-config.ts'
import { isHttp } from '../registry/protocol.ts'
import type { Registry, Service, ServicePort } from '../registry/registry.ts'
import type { Labels } from '../registry/labels.ts'
import type { MeshConfig } from './mesh-config.ts'
import { chainsFor, type OutboundChains } from './outbound-chains.ts'
import type { EgressListener, SidecarScope } from './sidecar-scope.ts'
import { twinChains } from './twin-chains.ts'

const everyAddress = '0.0.0.0'

export interface OutboundListeners {
  readonly scope: SidecarScope
  readonly mesh: MeshConfig
  readonly settings: HttpSettings
  readonly registry: Registry
  /** Of the sidecar's pod. */
  readonly labels: Labels
}

/**
 * One for each address and port that is dialled; HTTP ports share one for all addresses, and so do hosts that have no address of their own and are told apart
 * by what the client asks for. Source: Istio `core/listener.go` buildSidecarOutboundListeners.
 */
export function outboundListeners({ scope, mesh, settings, registry, labels }: OutboundListeners): Listener[] {
  const listeners = new Map<string, Listener>()
  const chains: OutboundChains = { mesh, settings, client: { namespace: scope.namespace, labels }, serviceOf: anyPort(registry) }
  for (const egress of scope.egress) {
    // What an entry with a port listens on is not added to by the one without.
    const locked: ReadonlySet<string> = egress.port ? new Set() : new Set(listeners.keys())
    const rules = egress.virtualServices.filter(({ tcp, tls }) => tcp.length > 0 || tls.length > 0)
    for (const { service, port } of dialledPorts(egress))
      for (const address of port.protocol === 'udp' ? [] : addressesOf(service, port, egress.bind, registry)) {
        const name = `${address}_${port.number}`
        if (locked.has(name)) continue
        const own = () => chainsFor(service, port, rules, address === everyAddress, chains)
        const known = listeners.get(name)
        if (!known) listeners.set(name, { name, direction: 'outbound', address, port: port.number, filterChains: own(), defaultFilterChain: null })
        else if (!isHttp(port.protocol) && isDividable(known)) listeners.set(name, joined(known, own()))
      }
  }
  const taken = [...listeners.values()].map((listener) => withDefault(listener, scope)).filter((listener) => !isRefused(listener))
  return [...taken, virtualOutbound(scope)]
}

/** Two rules for the same connections are two chains to istiod. */
function isRefused({ filterChains }: Listener): boolean {
  return twinChains(filterChains) !== null
}

/** A port that the entry names goes before those of the services, with its protocol. */
export function dialledPorts({ services, port }: EgressListener): { service: Service; port: ServicePort }[] {
  return services.flatMap((service) => service.ports.map((own) => ({ service, port: port ? { ...own, ...port } : own })))
}

/** What is not HTTP is known by its address; pods of a headless service have their own each. */
function addressesOf(service: Service, port: ServicePort, bind: string, registry: Registry): string[] {
  if (bind !== '') return [bind]
  if (isHttp(port.protocol)) return [everyAddress]
  const own = [...new Set(service.addresses.map((address) => (address.includes('/') ? everyAddress : address)))]
  if (own.length > 0 || !service.headless) return own.length > 0 ? own : [everyAddress]
  const pods = registry.endpoints(service, port.number).map(({ address }) => address)
  return pods.length > 0 ? pods : [everyAddress]
}

/** Are its chains for some connections only, so that others may go beside them? */
function isDividable({ filterChains }: Listener): boolean {
  return filterChains.every(({ filter, serverNames, destinations }) => filter.kind === 'tcp' && (serverNames.length > 0 || destinations.length > 0))
}

function joined(first: Listener, further: readonly FilterChain[]): Listener {
  const keyOf = ({ destinations, serverNames }: FilterChain): string => JSON.stringify([destinations, serverNames])
  const known = new Set(first.filterChains.map(keyOf))
  return { ...first, filterChains: [...first.filterChains, ...further.filter((chain) => !known.has(keyOf(chain)))] }
}

/**
 * Beside chains that look at connections the one that does not is the default; without one, what is there for unknown traffic.
 * Source: the same file, appendListenerFallthroughRouteForCompleteListener.
 */
function withDefault(listener: Listener, scope: SidecarScope): Listener {
  const { filterChains } = listener
  const last = filterChains.find(takesAll)
  if (last)
    return filterChains.length === 1
      ? listener
      : { ...listener, filterChains: filterChains.filter((chain) => chain !== last), defaultFilterChain: last }
  return { ...listener, defaultFilterChain: unknownTraffic(scope) }
}

function takesAll({ serverNames, destinations, applicationProtocols, transport }: FilterChain): boolean {
  return serverNames.length + destinations.length + applicationProtocols.length === 0 && transport === null
}

function unknownTraffic(scope: SidecarScope): FilterChain {
  const cluster = scope.allowAny ? 'PassthroughCluster' : 'BlackHoleCluster'
  return { ...anyConnection, name: 'PassthroughFilterChain', tls: null, filter: { kind: 'tcp', clusters: [{ cluster, weight: 1 }], origin: null } }
}

/** Takes what no other listener takes. */
function virtualOutbound(scope: SidecarScope): Listener {
  const chain = { ...unknownTraffic(scope), name: 'virtualOutbound-catchall-tcp' }
  return { name: 'virtualOutbound', direction: 'outbound', address: everyAddress, port: 15001, filterChains: [chain], defaultFilterChain: null }
}
