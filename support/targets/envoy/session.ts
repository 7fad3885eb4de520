import { join } from 'node:path'
import { ConfigRejected, MeshSpecError } from '../../../mesh-core/config/errors.ts'
import { inNamespace, readPaths } from '../../../mesh-core/config/load.ts'
import type { Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import type { Origin } from '../../../mesh-core/ir/origin.ts'
import type { MeshCall } from '../../../mesh-core/mesh.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { createEcho } from '../../../samples/echo/echo.ts'
import { programFor } from '../../../samples/resolve-program.ts'
import { ownSamples } from '../../own-samples.ts'
import { baseResources, namespaceResource } from '../deployment/base.ts'
import { Behaviours } from '../deployment/behaviours.ts'
import { echoManifests } from '../deployment/echo-manifests.ts'
import { findWorkloads } from '../deployment/find-workloads.ts'
import { meshCall } from '../deployment/mesh-call.ts'
import { withPodsNotReady } from '../deployment/readiness.ts'
import { NotSupported } from '../target.ts'
import type { Behaviour, Call, EchoService, Load, MeshSession, PodStatus, ServiceRef } from '../target.ts'
import type { EnvoyHost } from './envoy-host.ts'
import { EnvoyMesh } from './envoy-mesh.ts'

/** ms that a scenario may ask to pass; a suite that waits longer is run by nobody. */
const longestWaitMs = 60_000

/** One scenario's mesh. */
export class EnvoySession implements MeshSession {
  readonly #mesh: EnvoyMesh
  readonly #behaviours: Behaviours
  readonly #deployments = new Map<string, Resource>()
  /** Where services without a namespace are looked for. */
  #namespace = 'default'

  private constructor(mesh: EnvoyMesh, behaviours: Behaviours) {
    this.#mesh = mesh
    this.#behaviours = behaviours
  }

  static async open(host: EnvoyHost, { seed, spec }: { readonly seed: number; readonly spec: boolean }): Promise<EnvoySession> {
    const behaviours = new Behaviours((pod) => (pod === null ? createEcho('outside') : programFor(pod)))
    const mesh = await EnvoyMesh.open(host, { seed, spec, program: (pod) => behaviours.program(pod) })
    const session = new EnvoySession(mesh, behaviours)
    await session.apply(baseResources())
    return session
  }

  async apply(resources: readonly Resource[]): Promise<void> {
    await this.#mesh.apply(resources)
    for (const resource of resources) if (resource.kind === 'Deployment') this.#deployments.set(`${resource.namespace}/${resource.name}`, resource)
  }

  remove(refs: readonly ResourceRef[]): Promise<void> {
    return this.#mesh.remove(refs)
  }

  async deployBookinfo(namespace: string): Promise<void> {
    const files = ['platform/kube/bookinfo.yaml', 'networking/bookinfo-gateway.yaml'].map((file) => join(ownSamples(), 'bookinfo', file))
    const { resources, errors } = readPaths(files)
    if (errors.length > 0) throw new ConfigRejected(errors)
    this.#namespace = namespace
    await this.apply(inNamespace(resources, namespace))
  }

  deployEcho(services: readonly EchoService[]): Promise<void> {
    return this.apply(echoManifests(services))
  }

  async setBehaviour(behaviour: Behaviour): Promise<void> {
    const pods = this.#podsOf(behaviour.service)
    switch (behaviour.kind) {
      case 'delay':
        return this.#behaviours.state(pods, { delayMs: behaviour.ms })
      case 'status': {
        const { status, first, endpoint } = behaviour
        return this.#behaviours.state(endpoint === null ? pods : [endpointOf(pods, endpoint)], { status, first: first ?? Infinity })
      }
      case 'no-healthy-endpoints':
        return this.#stop(pods)
    }
  }

  setSidecars(namespace: string, injected: boolean): Promise<void> {
    return this.#mesh.apply(namespaceResource(namespace, injected))
  }

  async send(call: Call): Promise<Exchange> {
    return this.#mesh.send(this.#meshCall(call))
  }

  /** The next request starts when one has its answer; what Envoy writes of it is awaited beside. */
  async *sendMany(call: Call, { times, concurrency }: Load): AsyncIterable<Exchange> {
    const meshCall = this.#meshCall(call)
    const pending: Promise<Exchange>[] = []
    let started = 0
    const one = async (): Promise<void> => {
      while (started < times) {
        started += 1
        const { evidence } = await this.#mesh.sendForAnswer(meshCall)
        const exchange = evidence()
        exchange.catch(() => {})
        pending.push(exchange)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, one))
    for (const exchange of pending) yield await exchange
  }

  async elapse(ms: number): Promise<void> {
    if (ms > longestWaitMs) throw new NotSupported('virtual-time', `the envoy target's clock is the wall's, and ${ms / 1000} s is too long to wait`)
    await new Promise((resolve) => setTimeout(resolve, ms))
  }

  async pods(): Promise<readonly PodStatus[]> {
    const pods = this.#mesh.registry.workloads.filter(({ gateway }) => !gateway)
    return pods.map(({ ref, sidecar, ready }) => {
      const containers = sidecar ? 2 : 1
      return { name: ref.instance, namespace: ref.namespace, containers, readyContainers: ready ? containers : containers - 1 }
    })
  }

  notModelled(): readonly string[] {
    return this.#mesh.notModelled.map(({ resource, message }) => `${resource}: ${message}`)
  }

  locate(origin: Origin): ReturnType<EnvoyMesh['locate']> {
    return this.#mesh.locate(origin)
  }

  close(): Promise<void> {
    return this.#mesh.close()
  }

  #meshCall(call: Call): MeshCall {
    return meshCall(call, this.#mesh.registry, (service) => this.#podsOf(service)[0]!.ref)
  }

  #podsOf(service: ServiceRef): readonly WorkloadInstance[] {
    return findWorkloads(this.#mesh.registry, service, this.#namespace)
  }

  #stop(pods: readonly WorkloadInstance[]): Promise<void> {
    const deployments = pods.flatMap(({ ref }) => this.#deployments.get(`${ref.namespace}/${ref.name}`) ?? [])
    return this.#mesh.apply([...new Set(deployments)].map(withPodsNotReady))
  }
}

/** @param endpoint counted from 1 */
function endpointOf(pods: readonly WorkloadInstance[], endpoint: number): WorkloadInstance {
  const pod = pods[endpoint - 1]
  if (pod !== undefined) return pod
  const problem = `there is no endpoint ${endpoint}`
  throw new MeshSpecError({ code: 'UNKNOWN_SERVICE', origin: null, place: null, problem, hint: `the service has ${pods.length}` })
}
