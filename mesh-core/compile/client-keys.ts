import type { Labels } from '../registry/labels.ts'
import type { Registry, WorkloadInstance } from '../registry/registry.ts'
import type { Catalog } from './catalog.ts'
import { clientPlace } from './client-place.ts'
import { capturesDns } from './sidecar/dns-proxy.ts'
import { proxyDefaultsOf } from './mesh/proxy-settings.ts'
import { readsLabels } from './rules/rule-traits.ts'
import type { VirtualService } from './rules/virtual-service.ts'

/** What tells proxies apart: those of one key are told the same. */
export class ClientKeys {
  readonly #catalog: Catalog
  /** Does mesh or a service ask for nearness by labels? */
  readonly #failsOverByLabels: boolean
  /** Then what is asked of who comes to a workload is asked on the way out, too. */
  readonly #looksUpNames: boolean

  constructor(catalog: Catalog, registry: Registry) {
    this.#catalog = catalog
    this.#looksUpNames = registry.services.some(({ resolution }) => resolution === 'dynamic-dns')
    const asked = registry.services.some(({ trafficDistribution, nodeLocal }) => trafficDistribution !== 'any' || nodeLocal)
    const { localityLbSetting, zoneAwareLbSetting } = catalog.mesh
    this.#failsOverByLabels = asked || [localityLbSetting, zoneAwareLbSetting].some((setting) => (setting?.failoverPriority?.length ?? 0) > 0)
  }

  /** Sidecars of a namespace that follow the same Sidecar resource know the same. */
  scope(workload: WorkloadInstance): string {
    const dns = capturesDns(workload, this.#catalog.mesh) ? ' dns' : ''
    return `${workload.ref.namespace} ${this.#catalog.sidecars.for(workload)?.origin.resource ?? ''}${dns}`
  }

  /** Of one key have the same clusters. */
  clusters(workload: WorkloadInstance): string {
    const { locality, labels } = clientPlace(workload)
    const reads = this.#catalog.destinationRules.readsLabels || this.#failsOverByLabels
    const files = workload.proxyMounts.length > 0 ? JSON.stringify(workload.proxyMounts) : ''
    return `${workload.gateway} ${this.scope(workload)} ${locality} ${reads ? labelsKey(labels) : ''} ${files}`
  }

  /** Of one key have the same listeners and routes, too. @param rules that they follow */
  outbound(workload: WorkloadInstance, rules: readonly VirtualService[]): string {
    const labels = this.#looksUpNames || rules.some(readsLabels) ? labelsKey(workload.labels) : ''
    return `${this.clusters(workload)} ${labels} ${JSON.stringify(proxyDefaultsOf(workload, this.#catalog.mesh))}`
  }

  /** Of the labels, where the routes of a rule depend on them. */
  routes(rule: VirtualService, labels: Labels): string {
    return readsLabels(rule) || this.#catalog.destinationRules.readsLabels ? labelsKey(labels) : ''
  }
}

function labelsKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort())
}
