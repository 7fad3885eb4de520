import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { proxy } from '../../pods/pod.ts'
import type { Pod } from '../../pods/pod.ts'
import { NotSupported, NotYetProgrammed } from '../../../target.ts'
import { proxyAdmin } from '../../pods/proxy-admin.ts'
import type { AskAdmin } from '../../pods/proxy-admin.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import type { Deployments } from '../../pods/deployments.ts'

interface Cluster {
  readonly objects: KubeObjects
  readonly deployments: Pick<Deployments, 'services' | 'madeAs'>
}

/** ms between the first two questions, and at most: each is a process in the gateway's pod. */
const pauseMs = { first: 100, most: 1000 }
/** ms until a service that the gateway does not know counts as one that is kept from it, as by settings of the control plane, and a gateway without Istio's agent as one that never tells. */
const unknownMs = 5000

/**
 * Waits until gateways of the run know the endpoints of pods that have just come. Their routes, by which the barrier sees what they have, come from the
 * control plane on another way than those, and a request that is quicker finds no healthy upstream. Endpoints that never come there, as of a port that the pod has
 * not, are waited for in vain.
 */
export class GatewayEndpoints {
  /** `gateway pod services` */
  readonly #known = new Set<string>()
  readonly #adminOf: (run: Cluster) => AskAdmin

  constructor(adminOf = ({ objects }: Cluster): AskAdmin => proxyAdmin(objects.api.config)) {
    this.#adminOf = adminOf
  }

  /** @param deadline of `performance.now`. @throws NotYetProgrammed where a gateway does not tell what it has by then */
  async await(run: Cluster, gateways: readonly Pod[], pods: readonly Pod[], deadline: number): Promise<void> {
    await Promise.all(gateways.map((gateway) => this.#awaitAt(run, gateway, pods, deadline)))
  }

  async #awaitAt(run: Cluster, gateway: Pod, pods: readonly Pod[], deadline: number): Promise<void> {
    const { services } = run.deployments
    // A service that was made anew has its endpoints anew.
    const made = (pod: Pod): string => services.flatMap((one) => (selects(one, pod) ? run.deployments.madeAs(one) : [])).join(' ')
    const keyOf = (pod: Pod): string => `${named(gateway)} ${named(pod)} ${made(pod)}`
    const fresh = pods.filter((pod) => pod.ready && !this.#known.has(keyOf(pod)))
    const begun = performance.now()
    let lacks: Lack | 'answer' | null = null
    for (let ms = pauseMs.first; fresh.length > 0 && performance.now() < deadline; ms = Math.min(ms * 1.5, pauseMs.most)) {
      lacks = await this.#lacks(run, gateway, fresh)
      if (lacks === null || (mayNeverCome(lacks, gateway) && performance.now() > begun + unknownMs)) break
      await sleep(ms)
    }
    if (lacks === 'answer' && !mayNeverCome(lacks, gateway))
      throw new NotYetProgrammed(`not yet programmed: the gateway ${gateway.name} does not tell which endpoints it has`)
    for (const pod of fresh) this.#known.add(keyOf(pod))
  }

  /** @returns `null`: nothing, or nobody may ask */
  async #lacks(run: Cluster, gateway: Pod, pods: readonly Pod[]): Promise<Lack | 'answer' | null> {
    try {
      const clusters = await this.#adminOf(run)(gateway, 'clusters')
      return clusters === null ? 'answer' : lackAt(clusters, run.deployments.services, pods)
    } catch (error) {
      if (error instanceof NotSupported) return null
      throw error
    }
  }
}

type Lack = 'endpoint' | 'service'

function mayNeverCome(lacks: Lack | 'answer', { container }: Pod): boolean {
  return lacks === 'service' || (lacks === 'answer' && container !== proxy)
}

function named({ namespace, name }: Pod): string {
  return `${namespace}/${name}`
}

/**
 * @param clusters as Envoy's `/clusters` writes them: `outbound|80||shop.default.svc.cluster.local::10.1.2.3:80::health_flags::healthy`
 * @returns what the gateway lacks: an endpoint of a service that it knows, or else a service. `null`: nothing, as far as it is to be seen by the gateway
 */
export function lackAt(clusters: string, services: readonly KubeObject[], pods: readonly Pod[]): Lack | null {
  const lacks = services.map((service) => lackOf(clusters, service, pods))
  return lacks.includes('endpoint') ? 'endpoint' : (lacks.find((lack) => lack !== null) ?? null)
}

function selects({ metadata, spec = {} }: KubeObject, { namespace, labels }: Pod): boolean {
  const selector = Object.entries((spec.selector ?? {}) as Readonly<Record<string, string>>)
  return selector.length > 0 && namespace === metadata.namespace && selector.every(([key, value]) => labels[key] === value)
}

function lackOf(clusters: string, service: KubeObject, pods: readonly Pod[]): Lack | null {
  const { metadata, spec = {} } = service
  // Endpoints of other nodes never come there.
  if (spec.internalTrafficPolicy === 'Local') return null
  const wanted = pods.filter((pod) => pod.ready && selects(service, pod))
  const own = new RegExp(`^outbound\\|\\d+\\|\\|${metadata.name}\\.${metadata.namespace}\\.svc\\..*$`, 'gm')
  const lines = clusters.match(own) ?? []
  if (lines.length === 0) return wanted.length > 0 && isForAll(metadata) ? 'service' : null
  return wanted.some(({ ip }) => !lines.some((line) => line.includes(`::${ip}:`))) ? 'endpoint' : null
}

/** Source: Istio, resource annotations. */
function isForAll({ annotations = {} }: { readonly annotations?: Readonly<Record<string, string>> }): boolean {
  return annotations['networking.istio.io/exportTo'] === undefined
}
