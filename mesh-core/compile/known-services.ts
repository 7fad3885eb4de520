import type { Registry, Service, WorkloadInstance } from '../registry/registry.ts'
import type { Catalog } from './catalog.ts'
import type { ClientKeys } from './client-keys.ts'
import type { Departs } from './departures.ts'
import type { VirtualService } from './rules/virtual-service.ts'
import { capturesDns } from './sidecar/dns-proxy.ts'
import { gatewayServices, sidecarScope } from './sidecar/sidecar-scope.ts'
import type { SidecarScope } from './sidecar/sidecar-scope.ts'

/** What each proxy knows of. */
export class KnownServices {
  readonly #catalog: Catalog
  readonly #registry: Registry
  readonly #departs: Departs
  readonly #keys: ClientKeys
  readonly #scopes = new Map<string, SidecarScope>()
  /** By the gateway's namespace. */
  readonly #ofGateways = new Map<string, readonly Service[]>()

  constructor(catalog: Catalog, registry: Registry, departs: Departs, keys: ClientKeys) {
    this.#catalog = catalog
    this.#registry = registry
    this.#departs = departs
    this.#keys = keys
  }

  /** With the same services and hosts. @param rules that have taken the place of others */
  takeOver(former: KnownServices, rules: ReadonlyMap<VirtualService, VirtualService>): void {
    for (const [key, scope] of former.#scopes) {
      const egress = scope.egress.map((listener) => ({ ...listener, virtualServices: listener.virtualServices.map((vs) => rules.get(vs) ?? vs) }))
      this.#scopes.set(key, { ...scope, egress })
    }
  }

  scope(workload: WorkloadInstance): SidecarScope {
    const key = this.#keys.scope(workload)
    const known = this.#scopes.get(key)
    if (known) return known
    const answersDns = capturesDns(workload, this.#catalog.mesh)
    const place = { catalog: this.#catalog, registry: this.#registry, departs: this.#departs, answersDns }
    const scope = sidecarScope(place, workload.ref.namespace, this.#catalog.sidecars.for(workload))
    this.#scopes.set(key, scope)
    return scope
  }

  /** Of each host one. */
  of(workload: WorkloadInstance): readonly Service[] {
    return workload.gateway ? this.#ofGateway(workload.ref.namespace) : this.scope(workload).services
  }

  #ofGateway(namespace: string): readonly Service[] {
    const known = this.#ofGateways.get(namespace) ?? gatewayServices(this.#registry, this.#catalog.mesh, namespace)
    this.#ofGateways.set(namespace, known)
    return known
  }
}
