import type { HttpSettings, Listener } from '../../ir/proxy-config.ts'
import { anyPortOf } from '../clusters/destination-cluster.ts'
import { isHttp } from '../../registry/protocol.ts'
import { isIpAddress } from '../../registry/dns.ts'
import { inboundCapturePort } from '../../ir/inbound-port.ts'
import type { Registry, Service, ServicePort } from '../../registry/registry.ts'
import type { Labels } from '../../registry/labels.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import { ListenerEntries } from './listener-entries.ts'
import { chainsFor, everyAddress, hasOwnTable, sniffedHttp, type ConnectionChains, type OutboundChains, type Place } from './outbound-chains.ts'
import type { EgressListener } from './egress-imports.ts'
import type { SidecarScope } from './sidecar-scope.ts'
import { twinChains } from '../twin-chains.ts'
import { unknownHttpTable, unknownTraffic } from './unknown-traffic.ts'

export interface OutboundListeners extends Pick<ConnectionChains, 'access'> {
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
export function outboundListeners({ scope, mesh, settings, registry, labels, access }: OutboundListeners): Listener[] {
  const entries = new ListenerEntries()
  const { byAddress } = scope
  const client = { namespace: scope.namespace, labels }
  const looksUpAll = scope.outboundMode === 'ALLOW_ANY_DYNAMIC_DNS'
  const chains: OutboundChains = { mesh, settings, client, serviceOf: anyPortOf(scope.services, registry), access, byAddress, looksUpAll }
  for (const egress of scope.egress) {
    // What an entry with a port listens on is not added to by the one without.
    if (!egress.port) entries.lock()
    const rules = egress.virtualServices.filter(({ tcp, tls }) => tcp.length > 0 || tls.length > 0)
    for (const { service, port } of dialledPorts(egress))
      for (const place of port.protocol === 'udp' ? [] : placesOf(service, port, egress, registry, byAddress))
        entries.add({ ...place, bindsToPort: egress.bindsToPort }, port, () => chainsFor(service, port, rules, place, chains))
  }
  const taken = entries.listeners(() => unknownTraffic(scope)).filter(({ filterChains }) => twinChains(filterChains) === null)
  return [...taken, virtualOutbound(scope, chains)]
}

/** A port that the entry names goes before those of the services, with its protocol. */
export function dialledPorts({ services, port }: EgressListener): { service: Service; port: ServicePort }[] {
  return services.flatMap((service) => service.ports.map((own) => ({ service, port: port ? { ...own, ...port } : own })))
}

/** What is not HTTP is known by its address; pods of a headless service have their own each. Source: the same file, buildSidecarOutboundListener. */
export function placesOf(
  service: Service,
  port: ServicePort,
  { bind, port: listed }: Pick<EgressListener, 'bind' | 'port'>,
  registry: Registry,
  byAddress: boolean,
): Place[] {
  if (isReserved(bind, port)) return []
  if (bind !== '') return [{ address: bind, block: null, isNamed: bind === everyAddress && service.addresses.length === 0 }]
  if (isHttp(port.protocol) && !hasOwnTable(service, port, byAddress)) return [anywhere]
  if (service.addresses.length > 0) return [...new Set(service.addresses)].map(placeOf)
  const apart = (service.headless || service.resolution === 'none') && !listed
  const pods = apart ? registry.endpoints(service, port.number).map(({ address }) => address) : []
  if (!apart || (pods.length === 0 && service.provider !== 'Kubernetes' && !service.selector)) return [anywhere]
  return [...new Set(pods)].filter(isIpAddress).map(placeOf)
}

const anywhere: Place = { address: everyAddress, block: null, isNamed: true }

/** Proxies listen there for what is redirected to them. Source: Istio `pilot/pkg/model` Proxy.CanBindToPort. */
function isReserved(bind: string, { number, protocol }: ServicePort): boolean {
  return (bind === everyAddress || (bind === '' && isHttp(protocol))) && (number === capturePort || number === inboundCapturePort)
}

/** A range of addresses is looked at when a connection is there. */
function placeOf(address: string): Place {
  return address.includes('/') ? { address: everyAddress, block: address, isNamed: true } : { address, block: null, isNamed: false }
}

/** Where what a workload sends is redirected to. Source: Istio's MeshConfig `proxyListenPort`. */
const capturePort = 15001

/**
 * Takes what no other listener takes. What is for the very port of such listeners ends there, or it would go round. Source: Istio `core/listener_builder.go`
 * buildOutboundCatchAllNetworkFilterChains.
 */
function virtualOutbound(scope: SidecarScope, outbound: OutboundChains): Listener {
  const http =
    scope.outboundMode === 'ALLOW_ANY_DYNAMIC_DNS' ? [{ ...sniffedHttp(unknownHttpTable, outbound), name: 'virtualOutbound-catchall-tcp-http' }] : []
  const rest = { ...unknownTraffic(scope), name: 'virtualOutbound-catchall-tcp' }
  const blackhole = { ...unknownTraffic({ unknownTo: 'BlackHoleCluster' }), name: 'virtualOutbound-blackhole', destinationPort: capturePort }
  return {
    ...{ name: 'virtualOutbound', direction: 'outbound', address: everyAddress, port: capturePort },
    ...{ filterChains: [blackhole, ...http], defaultFilterChain: rest },
  }
}
