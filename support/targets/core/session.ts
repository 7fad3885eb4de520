import { join } from 'node:path'
import { ConfigRejected, MeshSpecError } from '../../../mesh-core/config/errors.ts'
import { inNamespace, readPaths } from '../../../mesh-core/config/load.ts'
import type { Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import { createMesh } from '../../../mesh-core/create-mesh.ts'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import type { Origin } from '../../../mesh-core/ir/origin.ts'
import type { Mesh, MeshCall } from '../../../mesh-core/mesh.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { createEcho } from '../../../samples/echo/echo.ts'
import { programFor } from '../../../samples/resolve-program.ts'
import { ownSamples } from '../../own-samples.ts'
import type { BackendVersion, Behaviour, Call, EchoService, Load, MeshSession, PodStatus, ServiceRef } from '../target.ts'
import { baseResources, gatewayFile, namespaceFile, namespaceResource } from '../deployment/base.ts'
import { Behaviours } from '../deployment/behaviours.ts'
import { echoFile, echoManifests } from '../deployment/echo-manifests.ts'
import { assertKnown, findWorkloads } from '../deployment/find-workloads.ts'
import { meshCall } from '../deployment/mesh-call.ts'
import { withPodsNotReady } from '../deployment/readiness.ts'

const generated: ReadonlySet<string> = new Set([gatewayFile, namespaceFile, echoFile])

/** One scenario's mesh. */
export class CoreSession implements MeshSession {
  readonly #mesh: Mesh
  readonly #behaviours: Behaviours
  readonly #deployments = new Map<string, Resource>()
  /** Where services without a namespace are looked for. */
  #namespace = 'default'

  constructor({ seed, spec }: { readonly seed: number; readonly spec: boolean }) {
    this.#behaviours = new Behaviours((pod) => (pod === null ? createEcho('outside') : programFor(pod)))
    this.#mesh = createMesh({ seed, spec, program: (pod) => this.#behaviours.program(pod) })
    this.#mesh.apply(baseResources())
  }

  async apply(resources: readonly Resource[]): Promise<void> {
    this.#apply(resources)
  }

  async remove(refs: readonly ResourceRef[]): Promise<void> {
    this.#mesh.remove(refs)
  }

  async deployBookinfo(namespace: string): Promise<void> {
    const files = ['platform/kube/bookinfo.yaml', 'networking/bookinfo-gateway.yaml'].map((file) => join(ownSamples(), 'bookinfo', file))
    const { resources, errors } = readPaths(files)
    if (errors.length > 0) throw new ConfigRejected(errors)
    this.#namespace = namespace
    this.#apply(inNamespace(resources, namespace))
  }

  async deployEcho(services: readonly EchoService[]): Promise<void> {
    this.#apply(echoManifests(services))
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

  async setSidecars(namespace: string, injected: boolean): Promise<void> {
    this.#mesh.apply(namespaceResource(namespace, injected))
  }

  send(call: Call): Promise<Exchange> {
    return this.#mesh.send(this.#meshCall(call))
  }

  async *sendMany(call: Call, { times, concurrency }: Load): AsyncIterable<Exchange> {
    const meshCall = this.#meshCall(call)
    const ended: Exchange[] = []
    let started = 0
    const one = async (): Promise<void> => {
      while (started < times) {
        started += 1
        ended.push(await this.#mesh.start(meshCall))
      }
    }
    await this.#mesh.settle(Promise.all(Array.from({ length: concurrency }, one)))
    yield* ended
  }

  elapse(ms: number): Promise<void> {
    return this.#mesh.elapse(ms)
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

  now(): number {
    return this.#mesh.clock.now()
  }

  locate(origin: Origin): ReturnType<Mesh['locate']> {
    const place = this.#mesh.locate(origin)
    // What this target has made itself has no line that a person could look at.
    return generated.has(place.file) ? { ...place, position: null } : place
  }

  behind(proxy: string, cluster: string): readonly BackendVersion[] {
    const { registry } = this.#mesh
    const workload = registry.workloads.find(({ ref }) => `${ref.name}.${ref.namespace}` === proxy)
    const endpoints = workload ? (this.#mesh.proxyConfig(workload.ref)?.clusters[cluster]?.endpoints ?? []) : []
    const pods = endpoints.flatMap((endpoint) => registry.workload(endpoint.workload) ?? [])
    const versions = pods.map(({ app, version, ref }) => ({ app, version, namespace: ref.namespace }))
    return versions.filter(
      (one, i) => versions.findIndex((other) => other.app === one.app && other.version === one.version && other.namespace === one.namespace) === i,
    )
  }

  assertKnown(service: ServiceRef): void {
    assertKnown(this.#mesh.registry, service, this.#namespace)
  }

  async close(): Promise<void> {}

  #meshCall(call: Call): MeshCall {
    return meshCall(call, this.#mesh.registry, (service) => this.#podsOf(service)[0]!.ref)
  }

  #podsOf(service: ServiceRef): readonly WorkloadInstance[] {
    return findWorkloads(this.#mesh.registry, service, this.#namespace)
  }

  #apply(resources: readonly Resource[]): void {
    this.#mesh.apply(resources)
    for (const resource of resources) if (resource.kind === 'Deployment') this.#deployments.set(`${resource.namespace}/${resource.name}`, resource)
  }

  #stop(pods: readonly WorkloadInstance[]): void {
    const deployments = pods.flatMap(({ ref }) => this.#deployments.get(`${ref.namespace}/${ref.name}`) ?? [])
    this.#mesh.apply([...new Set(deployments)].map(withPodsNotReady))
  }
}

/** @param endpoint counted from 1 */
function endpointOf(pods: readonly WorkloadInstance[], endpoint: number): WorkloadInstance {
  const pod = pods[endpoint - 1]
  if (pod !== undefined) return pod
  const problem = `there is no endpoint ${endpoint}`
  throw new MeshSpecError({ code: 'UNKNOWN_SERVICE', origin: null, place: null, problem, hint: `the service has ${pods.length}` })
}
