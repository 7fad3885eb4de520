import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import type { Pod } from '../pods/pod.ts'
import { proxyAdmin } from '../pods/proxy-admin.ts'
import type { KubeObjects } from '../kube/objects.ts'
import type { Deployments } from '../pods/deployments.ts'

interface Cluster {
  readonly objects: KubeObjects
  readonly deployments: Pick<Deployments, 'services'>
}

/** ms. Endpoints that a rule keeps from the gateway never come there. */
const patienceMs = 5000
/** ms between two questions: each is a process in the gateway's pod. */
const pauseMs = 100

/**
 * Waits until gateways of the run know the endpoints of pods that have just come. Their routes, by which the barrier sees what they have, come from the
 * control plane on another way than those, and a request that is quicker finds no healthy upstream.
 */
export class GatewayEndpoints {
  /** `gateway pod` */
  readonly #known = new Set<string>()

  async await(run: Cluster, gateways: readonly Pod[], pods: readonly Pod[]): Promise<void> {
    await Promise.all(gateways.map((gateway) => this.#awaitAt(run, gateway, pods)))
  }

  async #awaitAt(run: Cluster, gateway: Pod, pods: readonly Pod[]): Promise<void> {
    const keyOf = (pod: Pod): string => `${named(gateway)} ${named(pod)}`
    const fresh = pods.filter((pod) => pod.ready && !this.#known.has(keyOf(pod)))
    const deadline = performance.now() + patienceMs
    while (fresh.length > 0 && performance.now() < deadline) {
      const clusters = await clustersOf(run, gateway)
      if (clusters === null || !lacksEndpoints(clusters, run.deployments.services, fresh)) break
      await sleep(pauseMs)
    }
    for (const pod of fresh) this.#known.add(keyOf(pod))
  }
}

function named({ namespace, name }: Pod): string {
  return `${namespace}/${name}`
}

/** @returns `null` where the gateway does not tell */
async function clustersOf({ objects }: Pick<Cluster, 'objects'>, gateway: Pod): Promise<string | null> {
  return proxyAdmin(objects.api.config)(gateway, 'clusters').catch(() => null)
}

/**
 * @param clusters as Envoy's `/clusters` writes them: `outbound|80||shop.default.svc.cluster.local::10.1.2.3:80::health_flags::healthy`
 * @returns whether a cluster of one of the services has none of an endpoint's pod. Of services without a cluster nothing is wanted: they may be hidden from it.
 */
export function lacksEndpoints(clusters: string, services: readonly KubeObject[], pods: readonly Pod[]): boolean {
  return services.some(({ metadata, spec = {} }) => {
    const selector = Object.entries((spec.selector ?? {}) as Readonly<Record<string, string>>)
    if (selector.length === 0) return false
    const isOf = ({ namespace, labels, ready }: Pod): boolean =>
      ready && namespace === metadata.namespace && selector.every(([key, value]) => labels[key] === value)
    const own = new RegExp(`^outbound\\|\\d+\\|\\|${metadata.name}\\.${metadata.namespace}\\.svc\\..*$`, 'gm')
    const lines = clusters.match(own) ?? []
    return lines.length > 0 && pods.filter(isOf).some(({ ip }) => !lines.some((line) => line.includes(`::${ip}:`)))
  })
}
