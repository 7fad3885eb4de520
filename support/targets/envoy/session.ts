import type { ObjectStatus } from '../../../mesh-core/compile/gateway-api/object-status.ts'
import type { Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import type { Origin } from '../../../mesh-core/ir/origin.ts'
import { baseResources, namespaceResource } from '../deployment/base.ts'
import { Deployed, ownPlace } from '../deployment/deployed.ts'
import { echoManifests } from '../deployment/echo-manifests.ts'
import type { Behaviour, Call, EchoService, Load, MeshSession, PodStatus, ServiceRef } from '../target.ts'
import { assertPasses } from '../deployment/wall-clock.ts'
import type { EnvoyHost } from './envoy-host.ts'
import { EnvoyMesh } from './envoy-mesh.ts'

/** One scenario's mesh. */
export class EnvoySession implements MeshSession {
  readonly #mesh: EnvoyMesh
  readonly #deployed: Deployed

  private constructor(mesh: EnvoyMesh, deployed: Deployed) {
    this.#mesh = mesh
    this.#deployed = deployed
  }

  static async open(host: EnvoyHost, { seed, spec }: { readonly seed: number; readonly spec: boolean }): Promise<EnvoySession> {
    const deployed: Deployed = new Deployed(() => mesh.registry)
    const mesh = await EnvoyMesh.open(host, { seed, spec, program: (pod) => deployed.program(pod) })
    const session = new EnvoySession(mesh, deployed)
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
    return this.#mesh.apply(namespaceResource(namespace, injected))
  }

  async send(call: Call): Promise<Exchange> {
    return this.#mesh.send(this.#deployed.meshCall(call))
  }

  async *sendMany(call: Call, load: Load): AsyncIterable<Exchange> {
    yield* await this.#mesh.sendMany(this.#deployed.meshCall(call), load)
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
