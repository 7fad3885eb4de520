import type { KubeObject, Resource } from '../../../../mesh-core/config/resource.ts'
import { hasPodTemplate } from '../../../../mesh-core/config/workload-kinds.ts'
import { NotSupported } from '../../target.ts'
import { labelled } from '../pods/deployments.ts'
import { gatewaySeeingOutside } from '../pods/outside-manifests.ts'
import { Injection } from '../pods/injection.ts'
import { runnable } from '../pods/pod-manifests.ts'
import type { ClusterRun } from './cluster-run.ts'
import { isManagedGateway } from './gateways/managed-gateways.ts'
import { dividedMeshConfig } from './access/mesh-config-map.ts'
import { namespaceObject } from './access/own-namespace.ts'
import { OutboundTraffic } from './outside/outbound-traffic.ts'
import type { Changes } from './outside/outbound-traffic.ts'
import { systemNamespace } from './access/namespace-map.ts'
import { actsOnWholeMesh } from './access/whole-mesh.ts'

/** A scenario's objects as they are put into the cluster: in namespaces of the run, and nothing that acts beyond those. */
export class ClusterWords {
  readonly #run: ClusterRun
  readonly #used = new Set<string>()
  readonly #injection = new Injection()
  readonly #outbound: OutboundTraffic

  constructor(run: ClusterRun) {
    this.#run = run
    this.#outbound = new OutboundTraffic((namespace) => run.namespaces.isNamed(namespace))
  }

  /** Namespaces of the cluster that the scenario uses. */
  get used(): ReadonlySet<string> {
    return this.#used
  }

  /** Makes a namespace of the scenario be there. @returns its name in the cluster. @throws as `ClusterRun.namespace` */
  async use(namespace: string): Promise<string> {
    const real = await this.#run.namespace(namespace)
    this.#used.add(real)
    return real
  }

  /** Whether pods that come from now on get sidecars. @param namespace in the scenario's words */
  inject(namespace: string, injected: boolean): void {
    this.#injection.say(namespace, injected)
  }

  /** @returns what is said of namespaces. Pods that come from now on get sidecars by it */
  takeLabels(resources: readonly Resource[]): readonly string[] {
    return this.#injection.take(resources)
  }

  /**
   * One that runs the scenario's services.
   * @param resources with which it comes
   * @throws NotSupported for a kind that the user may not change
   */
  async workload(resource: Resource, resources: readonly Resource[]): Promise<KubeObject> {
    const object = this.#run.namespaces.resource(resource)
    const { id, settings } = this.#run
    if (hasPodTemplate(resource)) await this.#run.assertMayChange(object)
    if (!hasPodTemplate(resource)) return labelled(object, id)
    const { outside } = this.#run
    const seesOutside = (await outside?.for(object.metadata.namespace!)) ?? false
    const services = resources.filter(({ kind, namespace }) => kind === 'Service' && namespace === resource.namespace).map((one) => one.object)
    return runnable(object, {
      run: id,
      image: settings.podImage,
      injected: this.#injection.of(resource),
      outside: seesOutside,
      services,
    })
  }

  /**
   * Of the mesh config objects of the run's own namespaces say what they can; the rest is put into that of the mesh, where the run may.
   * @param hold resolves when no other scenario of the run could meet what every proxy does
   * @returns the mesh's, where it has to change
   * @throws NotSupported
   */
  async meshConfig(resource: Resource, hold: () => Promise<void>): Promise<KubeObject | null> {
    const { meshConfig, namespaces } = this.#run
    const [own, ofMesh] = meshConfig === null ? [resource.object, {}] : dividedMeshConfig(resource.object)
    this.#outbound.take({ ...resource, object: own })
    if (meshConfig === null || Object.keys(ofMesh).length === 0) return null
    await hold()
    return meshConfig.with(namespaces.object(ofMesh as KubeObject))
  }

  /**
   * What follows from the mesh config of the scenario.
   * @param applied its objects that are there
   * @param coming those that are about to be
   * @throws NotSupported where the user may not change Sidecars, and in namespaces that the user has named
   */
  async outboundChanges(applied: readonly KubeObject[], coming: readonly KubeObject[]): Promise<Changes> {
    const changes = this.#outbound.changes(this.#used, applied, coming)
    for (const object of changes.apply) await this.#run.assertMayChange(object)
    return changes
  }

  /** Any other. @throws NotSupported for what the run is not to change, or the cluster does not have */
  async config(resource: Resource): Promise<KubeObject> {
    const { kind, name } = resource
    if (kind === 'Namespace') return this.#namespaceOf(resource)
    const { kinds } = this.#run.objects
    const apiVersion = await kinds.servedVersion(resource.apiVersion, kind)
    if (!(await kinds.isNamespaced(apiVersion, kind)))
      throw new NotSupported('config', `${kind} ${name} is of the whole cluster, which the run is not to change`)
    assertOwnAuthorities(resource)
    if (!this.#run.settings.deploy) assertNoTunnel(resource)
    this.#assertOwnGateway(resource)
    this.#assertLocal(resource)
    const mapped = { ...this.#run.namespaces.resource(resource), apiVersion }
    await this.#run.assertMayChange(mapped)
    const object = this.#run.ownIngress?.readdress(mapped) ?? mapped
    if (isManagedGateway(object) && (await this.#showsOutside(object))) return gatewaySeeingOutside(object)
    return kind === 'Sidecar' ? seeing(this.#run.barrier.host, this.#outbound.inheriting(object)) : object
  }

  /** Pods of Gateways are made as the Gateways ask, unless a scenario's names need more. */
  async #showsOutside({ metadata }: KubeObject): Promise<boolean> {
    const { outside } = this.#run
    return outside !== null && outside.isAskedFor && (await outside.for(metadata.namespace!))
  }

  /** Which gateway an Ingress is for, the mesh config says; it may well be for every host. Source: MeshConfig `ingressService`, `ingressSelector`. */
  #assertOwnGateway({ kind, name }: Resource): void {
    if (this.#run.ownIngress === null) return
    if (kind === 'Ingress')
      throw new NotSupported(
        'config',
        `Ingress ${name} is for the gateway that users of the mesh come through, which takes nothing up of this run; --gateway names it if it may`,
      )
  }

  #assertLocal(resource: Resource): void {
    if (!actsOnWholeMesh(resource) || this.#run.namespaces.isNamed(systemNamespace)) return
    throw new NotSupported(
      'config',
      `${resource.kind} ${resource.name} acts on the whole mesh in ${systemNamespace}, which the run is not to change; --namespaces names it if it may`,
    )
  }

  /** Labels of the scenario beside those that the namespace has. */
  async #namespaceOf({ name, object }: Resource): Promise<KubeObject> {
    const real = await this.use(name)
    const found = await this.#run.objects.read({ group: '', kind: 'Namespace', namespace: '', name: real })
    return namespaceObject(real, { ...found?.metadata.labels, ...object.metadata.labels })
  }
}

/** Does a rule have proxies ask for tunnels? */
export function asksForTunnel({ kind, ...rest }: KubeObject): boolean {
  return kind === 'DestinationRule' && /"tunnel":/.test(JSON.stringify(rest['spec'] ?? {}))
}

/** @throws NotSupported: bytes have no id by which a pod could tell of what tunnel they came through */
function assertNoTunnel({ name, object }: Resource): void {
  if (!asksForTunnel(object)) return
  throw new NotSupported('config', `DestinationRule ${name} asks for tunnels, and pods that are not of the run do not tell what came through one`)
}

/** A Sidecar that hides every other host from its pods would hide the barrier's. */
function seeing(host: string, sidecar: KubeObject): KubeObject {
  const egress = (sidecar['spec']?.egress ?? []) as readonly { readonly hosts?: readonly string[]; readonly port?: unknown }[]
  if (egress.length === 0 || egress.some(({ hosts, port }) => !port && hosts?.some((one) => /^(?:\.|\*|~)\/\*$/.test(one)))) return sidecar
  const seen = egress.findIndex(({ port }) => !port)
  const withBarrier = egress.map((one, i) => (i === seen ? { ...one, hosts: [...(one.hosts ?? []), `./${host}`] } : one))
  return { ...sidecar, spec: { ...sidecar['spec'], egress: withBarrier } }
}

/** @throws NotSupported for a rule by which proxies are to trust what their system does: certificates of the run's pods come from authorities of their own */
function assertOwnAuthorities({ kind, name, object }: Resource): void {
  const validation = (object['spec'] as { readonly validation?: { readonly wellKnownCACertificates?: string } } | undefined)?.validation
  if (kind === 'BackendTLSPolicy' && validation?.wellKnownCACertificates !== undefined)
    throw new NotSupported(
      'config',
      `BackendTLSPolicy ${name} trusts the authorities of the proxies' system, of which no pod of a run has a certificate`,
    )
}
