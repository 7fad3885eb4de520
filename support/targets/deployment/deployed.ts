import { MeshSpecError } from '../../../mesh-core/config/errors.ts'
import type { Resource } from '../../../mesh-core/config/resource.ts'
import { hasPodTemplate } from '../../../mesh-core/config/workload-kinds.ts'
import type { Position } from '../../../mesh-core/ir/origin.ts'
import type { Program } from '../../../mesh-core/ir/program.ts'
import type { MeshCall } from '../../../mesh-core/mesh.ts'
import type { Registry, WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { createEcho } from '../../../samples/echo/echo.ts'
import type { ServiceBehaviour } from '../../../samples/echo/behaviour.ts'
import { programFor } from '../../../samples/resolve-program.ts'
import { formatServiceRef } from '../../sentences/service-ref.ts'
import type { Behaviour, Call, PodStatus, ServiceRef } from '../target.ts'
import { gatewayFile, namespaceFile } from './base.ts'
import { Behaviours } from './behaviours.ts'
import { bookinfoManifests } from './bookinfo-manifests.ts'
import { echoFile } from './echo-manifests.ts'
import { certificatesFile, certificateSecret, withCertificate } from './certificates.ts'
import { assertKnown, endpointOf, findDeployments, findWorkloads } from './find-workloads.ts'
import { Kubelet, type ProbedPod } from './kubelet.ts'
import { meshCall } from './mesh-call.ts'
import { withPodsNotReady, withReplicas } from './readiness.ts'
import { readinessProbeOf } from './readiness-probe.ts'

const generated: ReadonlySet<string> = new Set([gatewayFile, namespaceFile, echoFile, certificatesFile])

/** What a scenario has deployed, on targets that run the services themselves: who is meant by a name, and how each behaves. */
export class Deployed {
  readonly #behaviours = new Behaviours((pod) => (pod === null ? createEcho('outside') : programFor(pod)))
  readonly #deployments = new Map<string, Resource>()
  /** `namespace/pod` of those that a sentence has taken out. */
  readonly #notReady = new Set<string>()
  readonly #kubelet = new Kubelet()
  readonly #registry: () => Registry
  readonly #resources: () => readonly Resource[]
  /** Where services without a namespace are looked for. */
  #namespace = 'default'

  /** @param resources all that is applied now */
  constructor(registry: () => Registry, resources: () => readonly Resource[]) {
    this.#registry = registry
    this.#resources = resources
  }

  program(pod: WorkloadInstance | null): Program {
    return this.#behaviours.program(pod)
  }

  /** Remembers what was applied. */
  note(resources: readonly Resource[]): void {
    for (const resource of resources) if (hasPodTemplate(resource)) this.#deployments.set(`${resource.namespace}/${resource.name}`, resource)
  }

  /** Bookinfo and its gateway; from now on its namespace is the one that is meant where none is named. @throws ConfigRejected */
  bookinfo(namespace: string): readonly Resource[] {
    this.#namespace = namespace
    return bookinfoManifests(namespace)
  }

  /** @returns what has to be applied for it. @throws MeshSpecError UNKNOWN_SERVICE */
  behave(behaviour: Behaviour): readonly Resource[] {
    switch (behaviour.kind) {
      case 'replicas':
        return this.#scale(behaviour.service, behaviour.replicas)
      case 'delay':
        return this.#state(behaviour.service, { delayMs: behaviour.ms })
      case 'status': {
        const { service, status, first, endpoint } = behaviour
        return this.#state(service, { status, first: first ?? Infinity }, endpoint)
      }
      case 'certificate':
        return this.#certify(this.#podsOf(behaviour.service), behaviour)
      case 'grpc-status':
        return this.#state(behaviour.service, { grpcStatus: behaviour.status, first: behaviour.first ?? Infinity })
      case 'readiness': {
        const { ready, endpoint } = behaviour
        const pods = this.#podsOf(behaviour.service)
        return this.#setReady(endpoint === null ? pods : [endpointOf(pods, endpoint)], ready)
      }
    }
  }

  /** @param endpoint counted from 1; `null`: all, and those that come later */
  #state(service: ServiceRef, behaviour: ServiceBehaviour, endpoint: number | null = null): readonly Resource[] {
    if (endpoint !== null) this.#behaviours.state([endpointOf(this.#podsOf(service), endpoint)], behaviour)
    else {
      const workloads = this.#deploymentsOf(service).map(({ namespace, name }) => `${namespace}/${name}`)
      this.#behaviours.state(this.#podsOf(service, workloads.length > 0), behaviour, workloads)
    }
    return []
  }

  /**
   * Lets time pass, in which pods are probed as their Deployments say.
   * @param pass lets so many ms pass in the mesh
   * @param apply takes up that pods have become ready, or are no longer
   */
  async elapse(ms: number, pass: (ms: number) => Promise<void>, apply: (resources: readonly Resource[]) => Promise<void>): Promise<void> {
    await this.#kubelet.elapse(
      ms,
      () => this.#probed(),
      pass,
      (pods) => apply(this.#withReadiness(pods)),
    )
  }

  #probed(): readonly ProbedPod[] {
    const probes = new Map(
      [...this.#deployments].flatMap(([key, deployment]) => {
        const probe = readinessProbeOf(deployment)
        return probe === null ? [] : [[key, probe]]
      }),
    )
    if (probes.size === 0) return []
    return this.#registry().workloads.flatMap((pod) => {
      const probe = probes.get(`${pod.ref.namespace}/${pod.ref.name}`)
      return probe ? [{ pod, probe, program: this.#behaviours.running(pod) }] : []
    })
  }

  #certify(pods: readonly WorkloadInstance[], { service, pair, clientAuthority }: Extract<Behaviour, { kind: 'certificate' }>): readonly Resource[] {
    const name = `${service.name}${service.version === null ? '' : `-${service.version}`}-certificate`
    const secrets = [...new Set(pods.map(({ ref }) => ref.namespace))].map((namespace) => certificateSecret(name, namespace, pair, clientAuthority))
    return [...secrets, ...this.#changed(pods, (deployment) => withCertificate(deployment, name))]
  }

  #setReady(pods: readonly WorkloadInstance[], ready: boolean): readonly Resource[] {
    for (const { ref } of pods)
      if (ready) this.#notReady.delete(`${ref.namespace}/${ref.instance}`)
      else this.#notReady.add(`${ref.namespace}/${ref.instance}`)
    return this.#withReadiness(pods)
  }

  #withReadiness(pods: readonly WorkloadInstance[]): readonly Resource[] {
    return this.#changed(pods, (deployment) => withPodsNotReady(deployment, this.#namesIn(deployment.namespace)))
  }

  #namesIn(namespace: string): readonly string[] {
    return [...new Set([...this.#notReady, ...this.#kubelet.failing])]
      .filter((key) => key.startsWith(`${namespace}/`))
      .map((key) => key.slice(namespace.length + 1))
  }

  #scale(service: ServiceRef, replicas: number): readonly Resource[] {
    if (replicas < 0) throw invalid(`there are no ${replicas} replicas`)
    const deployments = this.#deploymentsOf(service).filter(({ kind }) => kind !== 'DaemonSet')
    const { length } = this.#podsOf(service, deployments.length > 0)
    if (deployments.length === 0)
      throw invalid(`no Deployment that could be scaled makes the ${length === 1 ? '1 pod' : `${length} pods`} of ${formatServiceRef(service)}`)
    return this.#noted(deployments.map((deployment) => withReplicas(deployment, replicas)))
  }

  #changed(pods: readonly WorkloadInstance[], change: (deployment: Resource) => Resource): readonly Resource[] {
    const keys = new Set(pods.map(({ ref }) => `${ref.namespace}/${ref.name}`))
    return this.#noted([...keys].flatMap((key) => this.#deployments.get(key) ?? []).map(change))
  }

  #noted(changed: readonly Resource[]): readonly Resource[] {
    this.note(changed)
    return changed
  }

  meshCall(call: Call): MeshCall {
    return meshCall(call, this.#registry(), this.#resources, (service) => this.#podsOf(service)[0]!.ref)
  }

  /** @throws MeshSpecError UNKNOWN_SERVICE */
  assertKnown(service: ServiceRef): void {
    assertKnown(this.#registry(), this.#resources().filter(hasPodTemplate), service, this.#namespace)
  }

  pods(): readonly PodStatus[] {
    const pods = this.#registry().workloads.filter(({ gateway }) => !gateway)
    return pods.map(({ ref, sidecar, ready }) => {
      const containers = sidecar ? 2 : 1
      return { name: ref.instance, namespace: ref.namespace, containers, readyContainers: ready ? containers : containers - 1 }
    })
  }

  /** @param canBeNone if a Deployment that makes none now is known. @throws MeshSpecError UNKNOWN_SERVICE */
  #podsOf(service: ServiceRef, canBeNone = false): readonly WorkloadInstance[] {
    return findWorkloads(this.#registry(), service, this.#namespace, canBeNone)
  }

  #deploymentsOf(service: ServiceRef): readonly Resource[] {
    return findDeployments(this.#deployments.values(), this.#registry(), service, this.#namespace)
  }
}

interface Place {
  readonly file: string
  readonly position: Position | null
}

/** What a target has made itself has no line that a person could look at. */
export function ownPlace(place: Place): Place {
  return generated.has(place.file) ? { ...place, position: null } : place
}

function invalid(problem: string): MeshSpecError {
  return new MeshSpecError({ code: 'INVALID_VALUE', origin: null, place: null, problem, hint: null })
}
