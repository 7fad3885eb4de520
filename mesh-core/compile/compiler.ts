import type { Resource } from '../config/resource.ts'
import type { WorkloadRef } from '../ir/cluster.ts'
import type { Listener, ProxyConfig } from '../ir/proxy-config.ts'
import type { InboundPort } from '../ir/inbound-port.ts'
import type { Route } from '../ir/route.ts'
import type { Registry, WorkloadInstance } from '../registry/registry.ts'
import type { Departs } from './departures.ts'
import { asIstiod } from './departures.ts'
import { acknowledgedRoutes } from './rules/acknowledged-routes.ts'
import { acknowledgedClusters } from './clusters/hash-refusal.ts'
import { withKnownTls } from './clusters/key-exchange.ts'
import { askedBySni } from './gateway/auto-passthrough.ts'
import type { Catalog } from './catalog.ts'
import { catalogOf } from './catalog.ts'
import { allButRules, CompilerMemory } from './compiler-memory.ts'
import { ClientKeys } from './client-keys.ts'
import { sniClusters } from './clusters/clusters.ts'
import { servicesByHost } from './clusters/destination-cluster.ts'
import type { DestinationRule } from './clusters/destination-rule.ts'
import { capturesDns, nameTable } from './sidecar/dns-proxy.ts'
import { followedRules } from './followed-rule.ts'
import type { FollowedRule } from './followed-rule.ts'
import { KnownServices } from './known-services.ts'
import { ProxyClusters } from './proxy-clusters.ts'
import { compileGateway } from './gateway/gateway.ts'
import { hashOfService } from './rules/hash-policy.ts'
import type { ObjectStatus } from './gateway-api/object-status.ts'
import { showingCertificate } from './gateway-api/client-certificate.ts'
import { statusesOf } from './gateway-api/status.ts'
import { udpClusters, udpListenersOf } from './gateway-api/udp-listeners.ts'
import { httpRoutes, type RouteContext } from './rules/http-routes.ts'
import { ingressStatuses } from './ingress/ingress-status.ts'
import { InboundPorts } from './inbound/inbound-ports.ts'
import type { MeshConfig } from './mesh/mesh-config.ts'
import { meshGateway } from './names.ts'
import { attemptCounting, httpProxyPort, proxyDefaultsOf, sidecarSettings, wantsProxyProtocol } from './mesh/proxy-settings.ts'
import { areAllRefused } from './mesh/settings-refusal.ts'
import { outboundListeners } from './sidecar/outbound-listeners.ts'
import type { OutboundRoutes } from './sidecar/outbound-routes.ts'
import { outboundRouteTables, patchedRouteTables } from './sidecar/outbound-routes.ts'
import { routeContext } from './rules/route-context.ts'
import { differsInRoutesAlone } from './rules/rule-traits.ts'
import type { SidecarScope } from './sidecar/sidecar-scope.ts'
import { withTcpPolicies } from './clusters/tcp-policy.ts'
import { patchedProxy } from './envoy-filter/patched-proxy.ts'
import type { VirtualService } from './rules/virtual-service.ts'

export interface CompilerOptions {
  /** Of the version before: proxies keep its tables where Envoy refuses the new ones. */
  readonly former?: () => Compiler | null
  readonly memory?: CompilerMemory
  /** Default: as istiod does. */
  readonly departs?: Departs
  /** A compiler of the same registry and the same resources save for some rules, which `mayReplace` has let pass: what it has made is taken over. */
  readonly from?: { readonly compiler: Compiler; readonly rules: ReadonlyMap<VirtualService, VirtualService> }
}

type OutboundParts = Pick<ProxyConfig, 'listeners' | 'udpListeners' | 'httpProxyPort' | 'dns' | 'routeTables' | 'clusters'>

/**
 * Resources and registry → what each proxy is told. One for each version of the config; a proxy's config is compiled when it is first asked for, and proxies
 * of which nothing tells them apart share it.
 */
export class Compiler {
  readonly catalog: Catalog
  readonly #registry: Registry
  readonly #memory: CompilerMemory
  readonly #departs: Departs
  readonly #former: () => Compiler | null
  readonly #configs = new Map<string, ProxyConfig>()
  /** With one of the workloads that share it. */
  readonly #outbound = new Map<string, { readonly parts: OutboundParts; readonly workload: WorkloadInstance }>()
  #statuses: readonly ObjectStatus[] | null = null
  readonly #ingressStatuses: () => ObjectStatus[]
  readonly #ruleFor: FollowedRule
  readonly #known: KnownServices
  readonly #clusters: ProxyClusters
  readonly #inbound: InboundPorts
  readonly #keys: ClientKeys

  /** @param resources in order of age */
  constructor(resources: readonly Resource[], registry: Registry, options: CompilerOptions = {}) {
    this.#registry = options.from ? options.from.compiler.#registry : registry
    this.#memory = options.memory ?? new CompilerMemory()
    this.#departs = options.departs ?? asIstiod
    this.#former = options.former ?? (() => null)
    const { from } = options
    this.catalog = from
      ? from.compiler.catalog.replacing(from.rules)
      : catalogOf(resources, registry, (resource) => this.#memory.rulesOf(resource), this.#departs)
    this.#keys = new ClientKeys(this.catalog, this.#registry)
    this.#ruleFor = followedRules(this.catalog)
    this.#known = new KnownServices(this.catalog, this.#registry, this.#departs, this.#keys)
    this.#clusters = new ProxyClusters(this.catalog, this.#registry, this.#departs, this.#keys, this.#ruleFor)
    this.#inbound = new InboundPorts(this.catalog, this.#registry, this.#ruleFor)
    this.#ingressStatuses = from ? from.compiler.#ingressStatuses : () => ingressStatuses(resources, this.catalog.mesh, registry, this.#departs)
    if (from) this.#takeOver(from.compiler, from.rules)
    else this.#memory.enter(allButRules(resources, this.catalog, registry))
  }

  /** Whether a change of these rules alone leaves everything but their routes as it is. See `CompilerOptions.from`. */
  mayReplace(rules: ReadonlyMap<VirtualService, VirtualService>): boolean {
    if (!this.catalog.sidecars.empty) return false
    const known = new Set(this.catalog.virtualServices)
    return [...rules].every(([before, after]) => known.has(before) && differsInRoutesAlone(before, after))
  }

  /** Services and hosts are the same, so listeners and clusters are, and of the route tables all but the routes of those rules. */
  #takeOver(compiler: Compiler, rules: ReadonlyMap<VirtualService, VirtualService>): void {
    this.#clusters.takeOver(compiler.#clusters)
    this.#known.takeOver(compiler.#known, rules)
    for (const [key, { parts, workload }] of compiler.#outbound) {
      const routeTables = patchedRouteTables(parts.routeTables, this.#outboundRoutes(workload, this.#known.scope(workload)), rules)
      if (routeTables) this.#outbound.set(key, { parts: { ...parts, routeTables }, workload })
    }
  }

  #outboundRoutes(workload: WorkloadInstance, scope: SidecarScope): OutboundRoutes {
    return {
      scope,
      mesh: this.catalog.mesh,
      counting: attemptCounting(proxyDefaultsOf(workload, this.catalog.mesh)),
      routesOf: (vs, port, egress) =>
        this.#routes(
          vs,
          this.#keys.scope(workload),
          this.#routeContext({ workload, gateways: [meshGateway], listenPort: port, tls: false, known: egress.services }),
        ),
      hashOf: (service, port) => hashOfService(this.#ruleFor(service, workload), port),
    }
  }

  /** Computed when first asked for: traffic does not need them. */
  get statuses(): readonly ObjectStatus[] {
    return (this.#statuses ??= [...statusesOf(this.catalog.gatewayApi), ...this.#ingressStatuses()])
  }

  /** `null` for a workload without a proxy. */
  proxyConfig(ref: WorkloadRef): ProxyConfig | null {
    const key = `${ref.namespace}/${ref.instance}`
    const known = this.#configs.get(key)
    if (known) return known
    const workload = this.#registry.workload(ref)
    if (!workload || (!workload.sidecar && !workload.gateway)) return null
    const made = workload.gateway ? this.#gateway(workload) : this.#sidecar(workload)
    const { trafficExtensions, envoyFilters } = this.catalog
    const extended = { ...made, listeners: trafficExtensions.extendedListeners(made.listeners, workload) }
    const parts = patchedProxy(extended, workload, envoyFilters, this.#registry)
    const formerClusters = () => this.#former()?.proxyConfig(ref)?.clusters ?? {}
    const config: ProxyConfig = {
      proxy: { kind: workload.gateway ? 'gateway' : 'sidecar', namespace: ref.namespace, workload: ref.name, labels: workload.labels },
      ...parts,
      clusters: acknowledgedClusters(withKnownTls(parts.clusters, this.catalog.mesh.tlsDefaults, formerClusters), formerClusters),
      routeTables: acknowledgedRoutes(parts.routeTables, () => this.#former()?.proxyConfig(ref)?.routeTables ?? {}),
    }
    this.#configs.set(key, config)
    return config
  }

  #sidecar(workload: WorkloadInstance): OutboundParts {
    const scope = this.#known.scope(workload)
    const rules = scope.egress.flatMap((egress) => egress.virtualServices)
    const key = this.#keys.outbound(workload, rules)
    const known = this.#outbound.get(key)
    if (known) return known.parts
    const listeners = outboundListeners({
      ...{ scope, mesh: this.catalog.mesh, registry: this.#registry, labels: workload.labels },
      settings: sidecarSettings(workload, this.catalog.mesh),
      access: () => (this.#departs('lookedUpNamesAreAskedOnTheWayOut') ? this.catalog.authorizationPolicies.accessTo(workload) : null),
    })
    const proxyPort = httpProxyPort(workload, this.catalog.mesh)
    const parts = {
      ...(proxyPort !== 0 && { httpProxyPort: proxyPort }),
      listeners: areAllRefused(this.catalog.mesh, proxyPort)
        ? []
        : withDetectionTimeout(this.#withTcpPolicies(listeners, workload), this.catalog.mesh),
      routeTables: outboundRouteTables(this.#outboundRoutes(workload, scope)),
      clusters: { ...this.#clusters.of(workload, scope.services), ...this.#clusters.byName(workload, scope) },
      ...(capturesDns(workload, this.catalog.mesh) && { dns: nameTable(scope, this.#registry) }),
    }
    this.#outbound.set(key, { parts, workload })
    return parts
  }

  #gateway(workload: WorkloadInstance): OutboundParts {
    const routesOf = (vs: VirtualService, gateway: string, port: number, tls: boolean): readonly Route[] =>
      this.#routes(vs, '', this.#routeContext({ workload, gateways: [gateway], listenPort: port, tls, known: { ruleNamespace: vs.namespace } }))
    const { listeners: servers, routeTables } = compileGateway({
      catalog: this.catalog,
      registry: this.#registry,
      services: this.#known.of(workload),
      workload,
      departs: this.#departs,
      routesOf,
    })
    const listeners = wantsProxyProtocol(workload, this.catalog.mesh) ? servers.map((one) => ({ ...one, proxyProtocol: true as const })) : servers
    const pod = { registry: this.#registry, workload }
    const { gatewayApi, secrets } = this.catalog
    const services = this.#known.of(workload)
    const sourcesOf = this.#clusters.sources(workload)
    const named = askedBySni(listeners, () => services.flatMap((service) => sniClusters(service, sourcesOf(service))))
    const known = { ...this.#clusters.of(workload, services), ...named }
    const clusters = showingCertificate(known, gatewayApi, pod, secrets)
    const parts = { listeners: this.#withTcpPolicies(listeners, workload), routeTables, clusters }
    const udpListeners = udpListenersOf(gatewayApi, pod)
    if (udpListeners.length === 0) return parts
    return { ...parts, udpListeners, clusters: { ...clusters, ...udpClusters(udpListeners, workload, this.#registry, this.catalog) } }
  }

  #routes(vs: VirtualService, scope: string, context: RouteContext): readonly Route[] {
    const key = JSON.stringify([
      scope,
      context.namespace,
      context.gateways,
      context.listenPort,
      context.tls,
      context.tellsForwardedHost,
      this.#keys.routes(vs, context.labels),
    ])
    return this.#memory.routes(vs, key, () => httpRoutes(vs, context))
  }

  #routeContext(place: Parameters<typeof routeContext>[0]): RouteContext {
    const services = this.#known.of(place.workload)
    return routeContext(place, { catalog: this.catalog, registry: this.#registry, departs: this.#departs, ruleFor: this.#ruleFor, services })
  }

  /** As the workload's own sidecar has it. */
  inboundPort(workload: WorkloadInstance, port: number): InboundPort {
    return this.#inbound.of(workload, port)
  }

  /** The ports that its Sidecar resource lists. */
  listedPorts(workload: WorkloadInstance): readonly number[] {
    return this.#inbound.listed(workload)
  }

  #withTcpPolicies(listeners: readonly Listener[], workload: WorkloadInstance): Listener[] {
    const ruleFor = (host: string): DestinationRule | undefined => {
      const service = servicesByHost(this.#known.of(workload)).get(host)
      return service && this.#ruleFor(service, workload)
    }
    return withTcpPolicies(listeners, ruleFor, this.#departs)
  }
}

/** Source: Istio `core/listener.go` buildSidecarOutboundListener: where it is looked for HTTP. */
function withDetectionTimeout(listeners: readonly Listener[], { protocolDetectionTimeoutMs }: MeshConfig): readonly Listener[] {
  if (protocolDetectionTimeoutMs === 0) return listeners
  return listeners.map((one) => ({ ...one, detectionTimeoutMs: protocolDetectionTimeoutMs }))
}
