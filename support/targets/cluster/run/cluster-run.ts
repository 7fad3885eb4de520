import { hostname } from 'node:os'
import { groupOf } from '../../../../mesh-core/config/resource.ts'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { NotSupported } from '../../target.ts'
import type { Capability } from '../../target.ts'
import { clusterError } from '../kube/cluster-error.ts'
import type { KubeObjects } from '../kube/objects.ts'
import { Lane } from '../lanes/lane.ts'
import type { Reach } from '../lanes/reach.ts'
import { AccessLogs } from '../observe/access-logs.ts'
import { foundSources } from '../observe/find-sources.ts'
import type { Sources } from '../observe/watch.ts'
import { Pace } from '../pace.ts'
import { PodAgents } from '../pods/agents.ts'
import { Deployments } from '../pods/deployments.ts'
import { listPods, proxy } from '../pods/pod.ts'
import type { Pod } from '../pods/pod.ts'
import { Barrier } from './barrier/barrier.ts'
import { ControlPlane } from './access/control-plane.ts'
import { leaseNamespace, reachCluster, tellMissing } from './access/cluster-access.ts'
import type { ClusterAccess, RunSettings } from './access/cluster-access.ts'
import type { Extent } from './barrier/extent.ts'
import { addressOfUrl, findIngressGateway } from './gateways/gateway-address.ts'
import type { GatewayAddress } from './gateways/gateway-address.ts'
import { GatewayEndpoints } from './gateways/gateway-endpoints.ts'
import { KeptInLease } from './restore/kept.ts'
import { Ledger } from './restore/ledger.ts'
import { LeaseObject } from './lease/lease-object.ts'
import { MeshConfigMap } from './access/mesh-config-map.ts'
import { injectionLabel } from './access/mesh-info.ts'
import type { MeshInfo } from './access/mesh-info.ts'
import { NamespaceMap, systemNamespace } from './access/namespace-map.ts'
import { makeNamespace, namespaceObject } from './access/own-namespace.ts'
import { Outside } from './outside/outside.ts'
import { OwnIngress } from './gateways/own-ingress.ts'
import { notPermitted } from './access/permissions.ts'
import type { Permissions } from './access/permissions.ts'
import { ownVerbs } from './access/rights.ts'
import { runLabel } from './restore/restore.ts'
import { undo } from './restore/undo.ts'
import { newRunId } from './run-id.ts'
import { takeLease } from './lease/take-lease.ts'
import { UnknownNames } from './outside/unknown-names.ts'

/** Excludes other runs. */
interface Held {
  /** @throws Undecided once another run may be at work */
  assertHeld(): void
  release(): Promise<void>
}

/** A run against one cluster: what its scenarios share, and what has to be undone when it ends. */
export class ClusterRun {
  readonly id: string
  readonly settings: RunSettings
  readonly objects: KubeObjects
  readonly namespaces: NamespaceMap
  readonly ledger: Ledger
  readonly deployments: Deployments
  readonly agents: PodAgents
  readonly barrier: Barrier
  readonly pace: Pace
  /** `null`: the cluster's own gateway is used. */
  readonly ownIngress: OwnIngress | null
  /** `null`: pods see what the cluster's see. */
  readonly outside: Outside | null
  /** Ports of the ingress gateway that the last scenario's config has used: until they are proven to have forgotten it, they answer by it. */
  readonly leftAtGateway = new Set<number>()
  /** Pods in which connections may be open that rules of scenarios before are in force for, by `podKey`. */
  readonly leftConnections = new Set<string>()
  /** Connections of scenarios before may be open. */
  hasSent = false
  /** What scenarios before have changed, and has been put back since proxies were last proven to be up to date. */
  left: Extent = 'nothing'
  /** Kinds of the Gateway API of which some object has had its status told, and those of which none ever had in its time. */
  readonly handledKinds = new Set<string>()
  readonly unhandledKinds = new Set<string>()
  readonly unknownNames = new UnknownNames()
  readonly gatewayEndpoints = new GatewayEndpoints()
  readonly mesh: MeshInfo
  readonly controlPlane: ControlPlane
  /** `null`: it stays as it is. */
  readonly meshConfig: MeshConfigMap | null
  readonly #permissions: Permissions
  readonly #held: Held
  readonly #lane: Lane | null
  readonly #named: Omit<Sources, 'logs'>
  readonly #warn: (text: string) => void
  #ingress: Promise<GatewayAddress | null> | null = null
  #sources: Promise<Sources> | null = null
  readonly #made = new Map<string, Promise<void>>()

  private constructor(id: string, settings: RunSettings, access: ClusterAccess, held: Held, lane: Lane | null, warn: (text: string) => void) {
    const { objects, mesh, permissions, named, bringsIngress, changesMesh } = access
    this.id = id
    this.settings = settings
    this.objects = objects
    this.mesh = mesh
    this.#permissions = permissions
    this.#held = held
    this.#lane = lane
    this.#named = named
    this.#warn = warn
    this.namespaces = new NamespaceMap(`meshspec-${id}`, settings.namespaces, bringsIngress)
    const { config, server } = objects.api
    const head = {
      run: id,
      pid: process.pid,
      host: hostname(),
      startedAt: new Date().toISOString(),
      server,
      context: config.getCurrentContext(),
      kubeconfig: settings.kubeconfig,
    }
    this.ledger = new Ledger(head, new KeptInLease(new LeaseObject(objects.api, leaseNamespace), id))
    this.controlPlane = new ControlPlane(objects, mesh)
    const assertHope = (): Promise<void> => this.controlPlane.assertHope()
    const isShared = (namespace: string): boolean => this.namespaces.isNamed(namespace)
    this.deployments = new Deployments(objects, this.ledger, { isShared, parts: lane?.of ?? 1, assertHope })
    this.agents = new PodAgents(config)
    const parts = { objects, ledger: this.ledger, run: id, assertHope }
    const namespace = (name: string): Promise<string> => this.namespace(name)
    this.meshConfig = changesMesh ? new MeshConfigMap({ objects, mesh, run: id, assertHope }) : null
    this.outside = bringsIngress ? new Outside({ ...parts, image: settings.podImage, agents: this.agents, namespace, warn }) : null
    this.ownIngress = bringsIngress ? new OwnIngress({ ...parts, outside: this.outside }) : null
    const ingressLabel = this.ownIngress?.label ?? 'ingressgateway'
    this.barrier = new Barrier({ objects, ledger: this.ledger, run: id, ingressLabel, assertHope })
    this.pace = new Pace(settings.rate && settings.rate / (lane?.of ?? 1), (why) => lane?.stop(why))
  }

  /** @throws MeshSpecError CLUSTER_UNREACHABLE, CLUSTER_DENIED, CLUSTER_BUSY, CLUSTER_REFUSED, INVALID_SETTING */
  static async open(settings: RunSettings, warn: (text: string) => void): Promise<ClusterRun> {
    const lane = Lane.of(process.env)
    const access = await reachCluster(settings, lane?.missing)
    if (lane) return ClusterRun.#beside(lane, settings, access, warn)
    tellMissing(access, warn)
    const id = newRunId()
    const lease = await takeLease({ ...access, run: id, warn })
    return new ClusterRun(id, settings, access, lease, null, warn)
  }

  /** One of several parts: whoever leads them holds the Lease, and has told what is missing. */
  static async #beside(lane: Lane, settings: RunSettings, access: ClusterAccess, warn: (text: string) => void): Promise<ClusterRun> {
    const held = { assertHeld: () => lane.assertHeld(), release: async () => lane.leave() }
    const run = new ClusterRun(lane.id, settings, access, held, lane, lane.number === 0 ? warn : () => {})
    await lane.join({ clear: () => run.deployments.dropIdleServices(), stop: (why) => run.pace.stop(why) })
    return run
  }

  /** Resolves when a scenario may do what reaches so far: in a mesh that others of the run are at work in, when none of them could meet it. */
  async hold(reach: Reach): Promise<void> {
    await this.#lane?.hold(reach)
  }

  /** What a scenario has done is undone. */
  endScenario(): void {
    this.deployments.endScenario()
    this.#lane?.release()
  }

  /** Deadline of the barrier, in ms. */
  get patienceMs(): number {
    return this.settings.settleMs ?? 30_000
  }

  /** @throws NotSupported with what would have to be granted */
  assertPermitted(capability: Capability): void {
    const missing = this.#permissions.missingFor(capability)
    if (missing.length > 0) throw notPermitted(capability, missing)
  }

  isDenied(capability: Capability): boolean {
    return this.#permissions.missingFor(capability).length > 0
  }

  /** @throws Undecided once another run may be at work */
  assertAlone(): void {
    this.#held.assertHeld()
  }

  /** @param object as it goes to the cluster. @throws NotSupported where the user may not change objects of its kind */
  async assertMayChange({ apiVersion, kind, metadata: { namespace = '' } }: KubeObject): Promise<void> {
    const isNamed = this.namespaces.isNamed(namespace)
    const resource = await this.objects.kinds.pluralOf(apiVersion, kind)
    const what = { group: groupOf(apiVersion), resource, namespace: isNamed ? namespace : '' }
    await this.#permissions.assertMayChange(what, isNamed ? [...ownVerbs, 'update'] : ownVerbs)
  }

  /** The ingress gateway. @param ports that it is to have, as far as that is the run's to say. @throws NotSupported where none is found */
  async ingress(ports: readonly number[] = []): Promise<GatewayAddress> {
    if (this.ownIngress) return this.ownIngress.address(await this.namespace(systemNamespace), ports)
    if (this.settings.gateway === null) this.assertPermitted('gateway-calls')
    this.#ingress ??= this.settings.gateway === null ? findIngressGateway(this.objects) : Promise.resolve(addressOfUrl(this.settings.gateway))
    const found = await this.#ingress
    if (found) return found
    throw new NotSupported(
      'gateway-calls',
      'no Service with the label istio=ingressgateway has an address that is reached from outside; --gateway names a URL',
    )
  }

  /** What there is besides answers and pods of the run's own that knows what the mesh has done; looked for once. Those that the user has named go before. */
  sources(): Promise<Sources> {
    this.#sources ??= this.#findSources()
    return this.#sources
  }

  async #findSources(): Promise<Sources> {
    const { tracers, prometheus } = this.#named
    const found = tracers.length > 0 && prometheus ? this.#named : await foundSources(this.objects, this.mesh.namespace, this.#warn)
    const logs = new AccessLogs(this.objects.api, () => this.#proxies())
    return { tracers: tracers.length > 0 ? tracers : found.tracers, logs, prometheus: prometheus ?? found.prometheus }
  }

  /** Pods with a proxy of which scenarios so far had to know, and those of the ingress gateway. */
  async #proxies(): Promise<readonly Pod[]> {
    const used = this.namespaces.all.filter((namespace) => namespace !== this.mesh.namespace)
    const all = await Promise.all([
      ...used.map((namespace) => listPods(this.objects, namespace)),
      listPods(this.objects, '', 'istio=ingressgateway').catch(() => []),
    ])
    return all.flat().filter(({ sidecar, container }) => sidecar || container === proxy)
  }

  /**
   * Makes the namespace be there that stands for one of a scenario.
   * @returns its name in the cluster
   * @throws MeshSpecError CLUSTER_REFUSED for one that is neither the run's nor was named; NotSupported
   */
  async namespace(scenario: string): Promise<string> {
    const real = this.namespaces.use(scenario)
    if (this.namespaces.isNamed(real)) return real
    if (real === systemNamespace || real === this.mesh.namespace)
      throw new NotSupported('config', `what is in ${real} acts on the whole mesh, which the run is not to change; --namespaces names it if it may`)
    const labels = { ...injectionLabel(this.mesh), [runLabel]: this.id }
    const making = this.#made.get(real) ?? makeNamespace(this.objects, this.ledger, namespaceObject(real, labels))
    this.#made.set(real, making)
    await making
    return real
  }

  /** Undoes everything. What cannot be undone stays in the ledger, for `meshspec clean`. */
  async close(): Promise<void> {
    await this.agents.close()
    this.objects.api.hope()
    try {
      await undo(this.objects, this.ledger, this.id)
      this.ledger.remove()
      await this.ledger.kept().catch(() => {})
    } catch (error) {
      throw notUndone(error)
    } finally {
      await this.#held.release().catch(() => {})
      this.objects.api.close()
    }
  }
}

/** What was not put back stands in the ledger. */
function notUndone(error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error)
  return clusterError('CLUSTER_FAILED', `what the run has changed is not all undone: ${reason}`, 'npx meshspec clean finishes that')
}
