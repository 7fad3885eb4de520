import type { ObjectStatus } from '../../../mesh-core/compile/gateway-api/object-status.ts'
import type { Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import type { Origin } from '../../../mesh-core/ir/origin.ts'
import { baseResources, namespaceResource } from '../deployment/base.ts'
import { Deployed, ownPlace } from '../deployment/deployed.ts'
import { echoManifests } from '../deployment/echo-manifests.ts'
import { asNotSupported } from '../deployment/not-shown.ts'
import { OwnTelemetry } from '../deployment/own-telemetry.ts'
import type { Behaviour, Call, EchoService, Load, MeshSession, PodStatus, ServiceRef } from '../target.ts'
import { assertPasses } from '../deployment/wall-clock.ts'
import type { EnvoyHost } from './envoy-host.ts'
import { EnvoyMesh } from './envoy-mesh.ts'

interface Opening {
  readonly seed: number
  readonly spec: boolean
  readonly asksTelemetry: boolean
}

/** One scenario's mesh. */
export class EnvoySession implements MeshSession {
  readonly #mesh: EnvoyMesh
  readonly #deployed: Deployed

  readonly telemetry: OwnTelemetry | undefined

  private constructor(mesh: EnvoyMesh, deployed: Deployed, asksTelemetry: boolean) {
    this.#mesh = mesh
    this.#deployed = deployed
    if (asksTelemetry) this.telemetry = new OwnTelemetry(mesh, () => performance.now())
  }

  static async open(host: EnvoyHost, { seed, spec, asksTelemetry }: Opening): Promise<EnvoySession> {
    const deployed: Deployed = new Deployed(
      () => mesh.registry,
      () => mesh.resources,
    )
    const mesh = await EnvoyMesh.open(host, { seed, spec, program: (pod) => deployed.program(pod) })
    const session = new EnvoySession(mesh, deployed, asksTelemetry)
    await session.apply(baseResources())
    return session
  }

  async apply(resources: readonly Resource[]): Promise<void> {
    await this.#mesh.apply(resources)
    this.#deployed.note(resources)
  }

  remove(refs: readonly ResourceRef[]): Promise<void> {
    return this.#mesh.remove(refs)
  }

  async deployBookinfo(namespace: string): Promise<void> {
    await this.apply(this.#deployed.bookinfo(namespace))
  }

  deployEcho(services: readonly EchoService[]): Promise<void> {
    return this.apply(echoManifests(services))
  }

  async setBehaviour(behaviour: Behaviour): Promise<void> {
    const resources = this.#deployed.behave(behaviour)
    if (resources.length > 0) await this.#mesh.apply(resources)
  }

  setSidecars(namespace: string, injected: boolean): Promise<void> {
    return this.#mesh.apply(namespaceResource(namespace, injected, this.#mesh.resources))
  }

  async send(call: Call): Promise<Exchange> {
    const exchange = await this.#mesh.send(this.#deployed.meshCall(call)).catch(asNotSupported)
    return this.telemetry?.note(exchange) ?? exchange
  }

  async *sendMany(call: Call, load: Load): AsyncIterable<Exchange> {
    yield* await this.sendAll(call, load)
  }

  async sendAll(call: Call, load: Load): Promise<readonly Exchange[]> {
    const ended = await this.#mesh.sendMany(this.#deployed.meshCall(call), load).catch(asNotSupported)
    return ended.map((exchange) => this.telemetry?.note(exchange) ?? exchange)
  }

  async elapse(ms: number): Promise<void> {
    assertPasses(ms, 'the envoy target')
    await this.#deployed.elapse(
      ms,
      (part) => new Promise((resolve) => setTimeout(resolve, part)),
      (resources) => this.#mesh.apply(resources),
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

  evidence(): readonly string[] {
    return ["Envoy's access logs, and what the services received"]
  }

  notModelled(): readonly string[] {
    return this.#mesh.notModelled.map(({ resource, message }) => `${resource}: ${message}`)
  }

  locate(origin: Origin): ReturnType<EnvoyMesh['locate']> {
    return ownPlace(this.#mesh.locate(origin))
  }

  assertKnown(service: ServiceRef): void {
    this.#deployed.assertKnown(service)
  }

  close(): Promise<void> {
    return this.#mesh.close()
  }
}
