import type { ObjectStatus } from '../../../mesh-core/compile/gateway-api/object-status.ts'
import type { Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import { createMesh } from '../../../mesh-core/create-mesh.ts'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import type { Origin } from '../../../mesh-core/ir/origin.ts'
import type { Mesh } from '../../../mesh-core/mesh.ts'
import type { BackendVersion, Behaviour, Call, EchoService, Load, MeshSession, PodStatus, ServiceRef } from '../target.ts'
import { baseResources, namespaceResource } from '../deployment/base.ts'
import { Deployed, ownPlace } from '../deployment/deployed.ts'
import { echoManifests } from '../deployment/echo-manifests.ts'
import { asNotSupported } from '../deployment/not-shown.ts'
import { OwnTelemetry } from '../deployment/own-telemetry.ts'

interface Opening {
  readonly seed: number
  readonly spec: boolean
  /** Default false. */
  readonly asksTelemetry?: boolean
}

/** One scenario's mesh. */
export class CoreSession implements MeshSession {
  readonly #mesh: Mesh
  readonly #deployed = new Deployed(
    () => this.#mesh.registry,
    () => this.#mesh.resources,
  )
  readonly telemetry: OwnTelemetry | undefined

  constructor({ seed, spec, asksTelemetry = false }: Opening) {
    this.#mesh = createMesh({ seed, spec, epochMs: Date.now(), program: (pod) => this.#deployed.program(pod) })
    this.#mesh.apply(baseResources())
    if (asksTelemetry) this.telemetry = new OwnTelemetry(this.#mesh, () => this.now())
  }

  async apply(resources: readonly Resource[]): Promise<void> {
    this.#mesh.apply(resources)
    this.#deployed.note(resources)
  }

  async remove(refs: readonly ResourceRef[]): Promise<void> {
    this.#mesh.remove(refs)
  }

  async deployBookinfo(namespace: string): Promise<void> {
    await this.apply(this.#deployed.bookinfo(namespace))
  }

  deployEcho(services: readonly EchoService[]): Promise<void> {
    return this.apply(echoManifests(services))
  }

  async setBehaviour(behaviour: Behaviour): Promise<void> {
    this.#mesh.apply(this.#deployed.behave(behaviour))
  }

  async setSidecars(namespace: string, injected: boolean): Promise<void> {
    this.#mesh.apply(namespaceResource(namespace, injected, this.#mesh.resources))
  }

  async send(call: Call): Promise<Exchange> {
    const exchange = await this.#mesh.send(this.#deployed.meshCall(call)).catch(asNotSupported)
    return this.telemetry?.note(exchange) ?? exchange
  }

  async *sendMany(call: Call, load: Load): AsyncIterable<Exchange> {
    yield* await this.sendAll(call, load)
  }

  async sendAll(call: Call, { times, concurrency }: Load): Promise<readonly Exchange[]> {
    const meshCall = this.#deployed.meshCall(call)
    const ended: Exchange[] = []
    let started = 0
    const one = async (): Promise<void> => {
      while (started < times) {
        started += 1
        ended.push(await this.#mesh.start(meshCall))
      }
    }
    await this.#mesh.settle(Promise.all(Array.from({ length: concurrency }, one))).catch(asNotSupported)
    const { telemetry } = this
    return telemetry ? ended.map((exchange) => telemetry.note(exchange)) : ended
  }

  elapse(ms: number): Promise<void> {
    return this.#deployed.elapse(
      ms,
      (part) => this.#mesh.elapse(part),
      async (resources) => void this.#mesh.apply(resources),
    )
  }

  async pods(): Promise<readonly PodStatus[]> {
    return this.#deployed.pods()
  }

  resources(): readonly Resource[] {
    return this.#mesh.resources
  }

  statuses(): readonly ObjectStatus[] {
    return this.#mesh.statuses
  }

  notModelled(): readonly string[] {
    return this.#mesh.notModelled.map(({ resource, message }) => `${resource}: ${message}`)
  }

  now(): number {
    return this.#mesh.clock.now()
  }

  locate(origin: Origin): ReturnType<Mesh['locate']> {
    return ownPlace(this.#mesh.locate(origin))
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
    this.#deployed.assertKnown(service)
  }

  async close(): Promise<void> {}
}
