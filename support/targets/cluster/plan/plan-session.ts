import { stringify } from 'yaml'
import type { KubeObject, Resource, ResourceRef } from '../../../../mesh-core/config/resource.ts'
import { resourceKey } from '../../../../mesh-core/config/resource.ts'
import { hasPodTemplate } from '../../../../mesh-core/config/workload-kinds.ts'
import type { Exchange } from '../../../../mesh-core/ir/exchange.ts'
import { Headers } from '../../../../mesh-core/ir/message.ts'
import { hidden } from '../../../runs/secrets.ts'
import { formatServiceRef } from '../../../sentences/service-ref.ts'
import { bookinfoManifests } from '../../deployment/bookinfo-manifests.ts'
import { echoManifests } from '../../deployment/echo-manifests.ts'
import { NotSupported } from '../../target.ts'
import type { Behaviour, Call, EchoService, Load, MeshSession, PodStatus } from '../../target.ts'
import { named } from '../kube/objects.ts'
import { labelled, workloadKinds } from '../pods/deployments.ts'
import { Injection } from '../pods/injection.ts'
import { runnable } from '../pods/pod-manifests.ts'
import { namespaceObject } from '../run/access/own-namespace.ts'
import type { NamespaceMap } from '../run/access/namespace-map.ts'
import { dividedMeshConfig } from '../run/access/mesh-config-map.ts'
import { OutboundTraffic } from '../run/outside/outbound-traffic.ts'
import { refOfObject, runLabel } from '../run/restore/restore.ts'
import type { Plan, PlanSettings } from './plan.ts'

export interface PlanParts {
  readonly settings: PlanSettings
  readonly namespaces: NamespaceMap
  readonly plan: Plan
  readonly run: string
}

/** A scenario that is told, not run. */
export class PlanSession implements MeshSession {
  readonly #parts: PlanParts
  readonly #injection = new Injection()
  readonly #used = new Set<string>()
  readonly #outbound: OutboundTraffic
  readonly #sidecars = new Map<string, KubeObject>()

  constructor(parts: PlanParts) {
    this.#parts = parts
    this.#outbound = new OutboundTraffic((namespace) => parts.namespaces.isNamed(namespace))
  }

  async apply(resources: readonly Resource[]): Promise<void> {
    this.#injection.take(resources)
    for (const { namespace } of resources) if (namespace !== '') this.#use(namespace)
    for (const one of resources) if (one.kind === 'MeshConfig') this.#takeMeshConfig(one)
    for (const resource of resources) {
      if (resource.kind === 'MeshConfig') continue
      if (resource.kind === 'JsonWebKeySet') {
        this.#parts.plan.note(`has a pod of the run serve the keys in the place of ${resource.object['spec'].uri as string}`)
        continue
      }
      if (workloadKinds.has(resource.kind) && !this.#isNamed(resource.namespace)) this.#assertDeploys('services')
      const object = this.#objectOf(resource)
      if (object.kind === 'Sidecar') this.#sidecars.set(resourceKey(refOfObject(object)), object)
      this.#parts.plan.apply(object)
    }
    const sidecars = [...this.#sidecars.values()]
    for (const object of this.#outbound.changes(this.#used, sidecars, []).apply) {
      this.#sidecars.set(resourceKey(refOfObject(object)), object)
      this.#parts.plan.apply(labelled(object, this.#parts.run))
    }
  }

  #takeMeshConfig(resource: Resource): void {
    const { namespaces, plan, settings } = this.#parts
    const [own, ofMesh] = settings.meshConfig ? dividedMeshConfig(resource.object) : [resource.object, {}]
    this.#outbound.take({ ...resource, object: own })
    if (Object.keys(ofMesh).length > 0) plan.note(`changes the mesh config of the whole mesh:\n${stringify(namespaces.object(ofMesh as KubeObject))}`)
  }

  async remove(refs: readonly ResourceRef[]): Promise<void> {
    for (const ref of refs) {
      this.#parts.plan.note(`deletes ${named({ ...ref, namespace: ref.namespace && this.#use(ref.namespace) })}`)
    }
  }

  async deployBookinfo(namespace: string): Promise<void> {
    if (!this.#parts.settings.deploy) return this.#parts.plan.note(`looks for Bookinfo in namespace ${this.#use(namespace)}`)
    await this.apply(bookinfoManifests(namespace))
  }

  async deployEcho(services: readonly EchoService[]): Promise<void> {
    this.#assertDeploys('echo services')
    await this.apply(echoManifests(services))
  }

  async setBehaviour({ kind, service }: Behaviour): Promise<void> {
    this.#parts.plan.note(`tells the pods of ${formatServiceRef(service)} how to behave (${kind})`)
  }

  async setSidecars(namespace: string, injected: boolean): Promise<void> {
    this.#injection.say(namespace, injected)
  }

  async send(call: Call): Promise<Exchange> {
    this.#note(call, 1)
    return answerTo(call)
  }

  async *sendMany(call: Call, { times }: Load): AsyncIterable<Exchange> {
    this.#note(call, times)
    for (let i = 0; i < times; i++) yield answerTo(call)
  }

  async elapse(ms: number): Promise<void> {
    this.#parts.plan.note(`waits ${ms / 1000} s`)
  }

  async pods(): Promise<readonly PodStatus[]> {
    return []
  }

  notModelled(): readonly string[] {
    return []
  }

  async close(): Promise<void> {}

  /** Names of headers, no values: they may be anybody's. */
  #note({ from, method, target, headers, body }: Call, times: number): void {
    const { gateway } = this.#parts.settings
    const sender =
      from.kind === 'service' ? `from ${formatServiceRef(from.service)}` : `through ${gateway === null ? 'the ingress gateway' : originOf(gateway)}`
    const names = Object.keys(headers)
    const carried = [
      ...(names.length > 0 ? [`with ${names.join(', ')}`] : []),
      ...(body === '' ? [] : [`a body of ${Buffer.byteLength(body)} bytes`]),
    ]
    this.#parts.plan.send(times, [`${method} ${this.#real(target)} ${sender}`, ...carried].join(', '))
  }

  #real(target: string): string {
    const [, scheme = '', authority = '', rest = ''] = /^(\w+:\/\/)([^/?#]*)(.*)$/s.exec(target) ?? []
    return scheme === '' ? target : scheme + this.#parts.namespaces.host(authority) + rest
  }

  #objectOf(resource: Resource): KubeObject {
    const { run, namespaces, settings } = this.#parts
    const { kind } = resource
    const object = namespaces.resource(resource)
    if (kind === 'Namespace') return namespaceObject(this.#use(resource.name), { ...object.metadata.labels, [runLabel]: run })
    if (kind === 'Secret') return labelled(settings.showSecrets ? object : withoutValues(object), run)
    if (kind === 'Sidecar') return labelled(this.#outbound.inheriting(object), run)
    if (!hasPodTemplate(resource)) return labelled(object, run)
    return runnable(object, { run, image: settings.podImage, injected: this.#injection.of(resource) })
  }

  #use(scenario: string): string {
    const { namespaces, plan, run, settings } = this.#parts
    const real = namespaces.use(scenario)
    this.#used.add(real)
    const isByApi = settings.gateway === null || settings.namespaces.length > 0 || settings.deploy
    if (!namespaces.isNamed(real) && isByApi) plan.make(namespaceObject(real, { 'istio-injection': 'enabled', [runLabel]: run }))
    return real
  }

  #isNamed(scenario: string): boolean {
    const { namespaces } = this.#parts
    return namespaces.isNamed(namespaces.real(scenario))
  }

  #assertDeploys(what: string): void {
    if (this.#parts.settings.deploy) return
    throw new NotSupported('workloads', `the scenario asks for ${what}, which --deploy would put into the cluster`)
  }
}

/** Which keys a Secret has is no secret. */
function withoutValues(object: KubeObject): KubeObject {
  const fields = ['data', 'stringData'].flatMap((field) => {
    const values = object[field] as Readonly<Record<string, string>> | undefined
    return values ? [[field, Object.fromEntries(Object.keys(values).map((key) => [key, hidden]))]] : []
  })
  return { ...object, ...Object.fromEntries(fields) }
}

function originOf(url: string): string {
  return new URL(url).origin
}

/** Of nobody; a login gets its cookie, so that what would follow is told, too. */
function answerTo({ method, target, headers, body }: Call): Exchange {
  const request = { method, scheme: 'http' as const, authority: '', path: target, headers: Headers.of(headers), body }
  const response = { status: 200, headers: Headers.of({ 'set-cookie': 'session=dry-run' }), body: '' }
  return { request, response, error: null, durationMs: 0, hops: [] }
}
