import type { Cluster } from '../../../mesh-core/ir/cluster.ts'
import type { Mesh } from '../../../mesh-core/mesh.ts'
import { isOutsider } from '../../../mesh-core/registry/outsiders.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { Names } from './hops.ts'
import type { PodPlaces } from './pod-places.ts'
import { landingOf } from './xds/cluster.ts'

/** What addresses of loopback and names of clusters are in the mesh that stands there. */
export class MeshNames implements Names {
  readonly #model: Mesh
  readonly #places: PodPlaces

  constructor(model: Mesh, places: PodPlaces) {
    this.#model = model
    this.#places = places
  }

  host(port: number): string | null {
    return this.#places.meshAddress(port, this.#model.registry)
  }

  kept(proxy: WorkloadInstance, cluster: string, { dialled, byHost }: Parameters<Names['kept']>[2]): string | null {
    const found = this.cluster(proxy, cluster)
    const named = found?.discovery === 'dynamic-dns' ? byHost?.(landingOf(found)) : null
    if (named) return `${named.address}:${named.port}`
    if (found?.discovery !== 'original-dst') return null
    return found.portOverride === null ? dialled : dialled.replace(/\d+$/, String(found.portOverride))
  }

  leadsTo(proxy: WorkloadInstance, cluster: string, workload: WorkloadInstance | null): boolean {
    const endpoints = this.cluster(proxy, cluster)?.endpoints ?? []
    return endpoints.some((endpoint) => isSamePod(this.#model.registry.workload(endpoint.workload), workload))
  }

  cluster({ ref }: WorkloadInstance, name: string): Cluster | undefined {
    return this.#model.proxyConfig(ref)?.clusters[name]
  }
}

/** @param b `null`: somebody outside */
function isSamePod(a: WorkloadInstance | undefined, b: WorkloadInstance | null): boolean {
  if (a === undefined || isOutsider(a) || b === null) return b === null && (a === undefined || isOutsider(a))
  return a.ref.instance === b.ref.instance && a.ref.namespace === b.ref.namespace
}
