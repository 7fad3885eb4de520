import { NotSupported } from '../../target.ts'
import type { Behaviour, ServiceRef } from '../../target.ts'
import type { ClusterRun } from '../run/cluster-run.ts'
import type { TellingPods } from '../run/telling-pods.ts'
import { probesItself } from './pod-manifests.ts'
import type { Pod } from './pod.ts'
import type { ScenarioPods } from './scenario-pods.ts'
import { Stated } from './stated.ts'
import type { Said } from './stated.ts'

/** What a scenario makes the pods of its services do. */
export class PodBehaviours {
  readonly #run: ClusterRun
  readonly #pods: ScenarioPods
  readonly #telling: TellingPods
  readonly #stated: Stated

  constructor(run: ClusterRun, pods: ScenarioPods, telling: TellingPods) {
    this.#run = run
    this.#pods = pods
    this.#telling = telling
    this.#stated = new Stated(telling)
  }

  /** Pods that have come since hear what was said of their services before. */
  hear(pods: readonly Pod[]): Promise<void> {
    return this.#stated.hear(pods)
  }

  /**
   * @returns whether endpoints change by it, which the mesh has to learn
   * @throws NotSupported for what pods of a cluster cannot be made to do; MeshSpecError UNKNOWN_SERVICE
   */
  async set(behaviour: Behaviour): Promise<boolean> {
    if (behaviour.kind === 'replicas') return this.#scale(behaviour.service, behaviour.replicas)
    if (behaviour.kind === 'readiness') return this.#setReady(behaviour)
    const endpoint = behaviour.kind === 'status' ? behaviour.endpoint : null
    const deployments = endpoint === null ? this.#pods.deploymentsOf(behaviour.service) : []
    const pods = this.#pods.of(behaviour.service, deployments.length > 0)
    await this.#stated.say(saidBy(behaviour), endpoint === null ? pods : [endpointOf(pods, endpoint)], deployments)
    return false
  }

  /** Do pods that it is about have a readiness probe of their own, which looks at what they answer? */
  isProbed({ service }: Behaviour): boolean {
    return this.#pods.deploymentsOf(service).some(probesItself)
  }

  async #setReady({ service, endpoint, ready }: Extract<Behaviour, { readonly kind: 'readiness' }>): Promise<true> {
    const all = this.#pods.of(service)
    this.#assertOwnProbe(service)
    const pods = endpoint === null ? all : [endpointOf(all, endpoint)]
    this.#pods.expect(pods, ready)
    await this.#telling.setReady(pods, ready)
    return true
  }

  async #scale(service: ServiceRef, replicas: number): Promise<true> {
    const own = this.#pods.deploymentsOf(service)
    if (own.length === 0) throw new NotSupported('behaviour', `no Deployment of ${service.name} is of this run, which is to scale no other`)
    for (const deployment of own) await this.#run.deployments.ask({ ...deployment, spec: { ...deployment['spec'], replicas } })
    return true
  }

  /** @throws NotSupported where the kubelet asks something else than what a run can answer */
  #assertOwnProbe(service: ServiceRef): void {
    const other = this.#pods.deploymentsOf(service).find(probesItself)
    if (other)
      throw new NotSupported(
        'behaviour',
        `the pods of Deployment ${other.metadata.name} have a readiness probe of their own, which says when they are ready`,
      )
  }
}

function saidBy(behaviour: Exclude<Behaviour, { readonly kind: 'replicas' | 'readiness' }>): Said {
  switch (behaviour.kind) {
    case 'delay':
      return { behaviour: { delayMs: behaviour.ms } }
    case 'status':
      return { behaviour: { status: behaviour.status, first: behaviour.first ?? Infinity } }
    case 'grpc-status':
      return { behaviour: { grpcStatus: behaviour.status, first: behaviour.first ?? Infinity } }
    case 'certificate':
      return { certificate: { pair: behaviour.pair, clientAuthority: behaviour.clientAuthority } }
  }
}

/** @param endpoint 1-based, in the order of names */
function endpointOf(pods: readonly Pod[], endpoint: number): Pod {
  const pod = pods.toSorted((a, b) => (a.name < b.name ? -1 : 1))[endpoint - 1]
  if (pod) return pod
  throw new NotSupported('behaviour', `there is no endpoint ${endpoint}: the service has ${pods.length}`)
}
