import type { Resource } from '../config/resource.ts'
import { mergeDelegates } from './rules/delegates.ts'
import { DestinationRules } from './clusters/destination-rules.ts'
import { gatewayOf, type Gateway } from './gateway/gateway-resource.ts'
import { convertGatewayApi, type GatewayApi } from './gateway-api/conversion.ts'
import { ingressGateways, ingressVirtualServices } from './ingress/ingress.ts'
import { meshConfigOf, type MeshConfig } from './mesh/mesh-config.ts'
import { sidecarResourceOf, SidecarResources } from './sidecar/sidecar-resource.ts'
import { EnvoyFilters } from './envoy-filter/envoy-filters.ts'
import { PeerAuthentications } from './authentication/peer-authentication.ts'
import { AuthorizationPolicies } from './authorization/authorization-policies.ts'
import { keySetsOf } from './authentication/key-sets.ts'
import { RequestAuthentications } from './authentication/request-authentication.ts'
import { Secrets } from './gateway/secrets.ts'
import { reachOf } from './sidecar/visibility.ts'
import { TrafficExtensions } from './extensions/traffic-extensions.ts'
import { Telemetries } from './telemetry/telemetries.ts'
import type { VirtualService } from './rules/virtual-service.ts'
import type { Registry } from '../registry/registry.ts'
import type { Departs } from './departures.ts'

/** The rules of a mesh in the order in which istiod looks at them. One for each version of the config. */
export class Catalog {
  readonly mesh: MeshConfig
  readonly destinationRules: DestinationRules
  readonly gateways: readonly Gateway[]
  readonly sidecars: SidecarResources
  readonly gatewayApi: GatewayApi
  readonly secrets: Secrets
  readonly requestAuthentications: RequestAuthentications
  readonly authorizationPolicies: AuthorizationPolicies
  readonly envoyFilters: EnvoyFilters
  readonly trafficExtensions: TrafficExtensions
  readonly peerAuthentications: PeerAuthentications
  readonly telemetries: Telemetries
  /** Rules of delegates are in their places, short names are resolved. */
  readonly virtualServices: readonly VirtualService[]
  readonly #selected = new Map<string, readonly VirtualService[]>()
  readonly #parts: CatalogParts

  constructor(parts: CatalogParts) {
    this.#parts = parts
    this.mesh = parts.mesh
    this.destinationRules = parts.destinationRules
    this.gateways = parts.gateways
    this.sidecars = parts.sidecars
    this.gatewayApi = parts.gatewayApi
    this.secrets = parts.secrets
    this.requestAuthentications = parts.requestAuthentications
    this.authorizationPolicies = parts.authorizationPolicies
    this.envoyFilters = parts.envoyFilters
    this.trafficExtensions = parts.trafficExtensions
    this.peerAuthentications = parts.peerAuthentications
    this.telemetries = parts.telemetries
    this.virtualServices = parts.virtualServices
  }

  /** The same with other rules in the place of some. */
  replacing(rules: ReadonlyMap<VirtualService, VirtualService>): Catalog {
    return new Catalog({ ...this.#parts, virtualServices: this.virtualServices.map((vs) => rules.get(vs) ?? vs) })
  }

  /**
   * What a proxy of the namespace is told of a gateway (or of `mesh`): what is private to the namespace, then what is exported to it, then what is public,
   * each in order of age, but for public routes of the Gateway API: those of the namespace itself go first. Source: Istio `pilot/pkg/model/push_context.go` VirtualServicesForGateway.
   */
  virtualServicesFor(gateway: string, namespace: string): readonly VirtualService[] {
    const key = `${namespace} ${gateway}`
    const known = this.#selected.get(key)
    if (known) return known
    const byReach = { private: [] as VirtualService[], exported: [] as VirtualService[], public: [] as VirtualService[] }
    for (const vs of this.virtualServices) {
      if (!vs.gateways.includes(gateway)) continue
      const reach = reachOf(vs.exportTo, this.mesh.defaultVirtualServiceExportTo, vs.namespace, namespace)
      if (reach) byReach[reach].push(vs)
    }
    const isOwnRoute = (vs: VirtualService): boolean => vs.semantics === 'gateway-api' && vs.namespace === namespace
    const ofOthers = byReach.public.filter((vs) => !isOwnRoute(vs))
    const all = [...byReach.private, ...byReach.exported, ...byReach.public.filter(isOwnRoute), ...ofOthers]
    this.#selected.set(key, all)
    return all
  }
}

/** The Gateway API has a kind of the same name. */
function isIstio(resource: Resource): boolean {
  return resource.apiVersion.startsWith('networking.istio.io/')
}

export type CatalogParts = Pick<
  Catalog,
  | 'mesh'
  | 'destinationRules'
  | 'gateways'
  | 'sidecars'
  | 'gatewayApi'
  | 'secrets'
  | 'requestAuthentications'
  | 'authorizationPolicies'
  | 'peerAuthentications'
  | 'envoyFilters'
  | 'trafficExtensions'
  | 'telemetries'
  | 'virtualServices'
>

/** @param resources in order of age */
export function catalogOf(
  resources: readonly Resource[],
  registry: Registry,
  rulesOf: (resource: Resource) => VirtualService,
  departs: Departs,
): Catalog {
  const ofKind = (kind: string): Resource[] => resources.filter((resource) => resource.kind === kind)
  const mesh = meshConfigOf(resources)
  const gatewayApi = convertGatewayApi(resources, registry, departs)
  return new Catalog({
    mesh,
    destinationRules: new DestinationRules(ofKind('DestinationRule'), mesh, gatewayApi.destinationRules),
    sidecars: new SidecarResources(ofKind('Sidecar').map(sidecarResourceOf), mesh.rootNamespace),
    gatewayApi,
    // What istiod makes of Ingresses carries no date, and is older than all that does.
    gateways: [...ingressGateways(resources, mesh, departs), ...ofKind('Gateway').filter(isIstio).map(gatewayOf), ...gatewayApi.istioGateways],
    requestAuthentications: new RequestAuthentications(ofKind('RequestAuthentication'), mesh.rootNamespace, keySetsOf(ofKind('JsonWebKeySet'))),
    authorizationPolicies: new AuthorizationPolicies(
      ofKind('AuthorizationPolicy'),
      mesh.rootNamespace,
      [registry.trustDomain, ...mesh.trustDomainAliases],
      mesh.extensionProviders,
      registry,
    ),
    envoyFilters: new EnvoyFilters(ofKind('EnvoyFilter'), mesh.rootNamespace),
    trafficExtensions: new TrafficExtensions(ofKind('TrafficExtension'), mesh.rootNamespace),
    peerAuthentications: new PeerAuthentications(ofKind('PeerAuthentication'), mesh.rootNamespace),
    telemetries: new Telemetries(ofKind('Telemetry'), mesh),
    secrets: new Secrets([...ofKind('Secret'), ...ofKind('ConfigMap')]),
    // Of a route and a VirtualService for one host of the mesh the route acts, whichever is older.
    virtualServices: [
      ...gatewayApi.virtualServices,
      ...ingressVirtualServices(resources, mesh, registry, departs),
      ...mergeDelegates(ofKind('VirtualService').map(rulesOf), mesh.defaultVirtualServiceExportTo),
    ],
  })
}
