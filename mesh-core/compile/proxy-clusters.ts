import type { Cluster } from '../ir/cluster.ts'
import type { Registry, Service, WorkloadInstance } from '../registry/registry.ts'
import type { Catalog } from './catalog.ts'
import type { ClientKeys } from './client-keys.ts'
import { clientPlace } from './client-place.ts'
import { serviceClusters } from './clusters/clusters.ts'
import type { ClusterSources } from './clusters/cluster-sources.ts'
import { clusterByName, specialClusters } from './clusters/special-clusters.ts'
import type { Departs } from './departures.ts'
import type { FollowedRule } from './followed-rule.ts'
import { filesOf } from './gateway/secrets.ts'
import { byNameInHost } from './sidecar/unknown-traffic.ts'
import type { SidecarScope } from './sidecar/sidecar-scope.ts'

export type ClustersByName = Readonly<Record<string, Cluster>>

/** The clusters of each proxy; proxies of which nothing tells them apart share them. */
export class ProxyClusters {
  readonly #catalog: Catalog
  readonly #registry: Registry
  readonly #departs: Departs
  readonly #keys: ClientKeys
  readonly #ruleFor: FollowedRule
  readonly #made = new Map<string, ClustersByName>()

  constructor(catalog: Catalog, registry: Registry, departs: Departs, keys: ClientKeys, ruleFor: FollowedRule) {
    this.#catalog = catalog
    this.#registry = registry
    this.#departs = departs
    this.#keys = keys
    this.#ruleFor = ruleFor
  }

  /** With the same services and DestinationRules. */
  takeOver(former: ProxyClusters): void {
    for (const [key, clusters] of former.#made) this.#made.set(key, clusters)
  }

  /** @param services that the workload's proxy knows */
  of(workload: WorkloadInstance, services: readonly Service[]): ClustersByName {
    const key = this.#keys.clusters(workload)
    const known = this.#made.get(key)
    if (known) return known
    const clusters: Record<string, Cluster> = {}
    const sourcesOf = this.sources(workload)
    for (const service of services)
      for (const cluster of serviceClusters(service, sourcesOf(service), this.#departs)) clusters[cluster.name] ??= cluster
    for (const cluster of specialClusters(this.#catalog.mesh)) clusters[cluster.name] = cluster
    this.#made.set(key, clusters)
    return clusters
  }

  /** The one that looks up the name in Host, where there is one. */
  byName(workload: WorkloadInstance, { outboundMode }: SidecarScope): ClustersByName {
    return outboundMode === 'ALLOW_ANY_DYNAMIC_DNS' ? { [byNameInHost]: clusterByName(this.#shared(workload)) } : {}
  }

  sources(workload: WorkloadInstance): (service: Service) => ClusterSources {
    const shared = this.#shared(workload)
    return (service) => ({ ...shared, rule: this.#ruleFor(service, workload) })
  }

  #shared(workload: WorkloadInstance): Omit<ClusterSources, 'rule'> {
    const { mesh, secrets, peerAuthentications } = this.#catalog
    const own = { client: clientPlace(workload), gateway: workload.gateway, files: filesOf(workload) }
    return { registry: this.#registry, mesh, secrets, peerAuthentications, ...own }
  }
}
