import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { groupOf } from '../../../../mesh-core/config/resource.ts'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import type { Settings } from '../../../settings.ts'
import { NotSupported } from '../../target.ts'
import type { Capability } from '../../target.ts'
import { clusterError } from '../kube/cluster-error.ts'
import { KubeApi } from '../kube/kube-api.ts'
import { loadKubeConfig } from '../kube/kube-config.ts'
import { KubeObjects } from '../kube/objects.ts'
import { AccessLogs } from '../observe/access-logs.ts'
import { foundSources, namedSources, proxiedServices } from '../observe/find-sources.ts'
import type { SourceSettings } from '../observe/find-sources.ts'
import type { Sources } from '../observe/watch.ts'
import { Pace } from '../pace.ts'
import { PodAgents } from '../pods/agents.ts'
import { Deployments } from '../pods/deployments.ts'
import { listPods, proxy } from '../pods/pod.ts'
import type { Pod } from '../pods/pod.ts'
import { Barrier } from './barrier.ts'
import { findIngressGateway } from './gateway-address.ts'
import type { GatewayAddress } from './gateway-address.ts'
import { Ledger } from './ledger.ts'
import { RunLease } from './lease.ts'
import { injectionLabel, readMeshInfo } from './mesh-info.ts'
import type { MeshInfo } from './mesh-info.ts'
import { NamespaceMap } from './namespace-map.ts'
import { OwnIngress, systemNamespace } from './own-ingress.ts'
import { notPermitted, Permissions } from './permissions.ts'
import { ownVerbs, rightsOf } from './rights.ts'
import type { Purpose } from './rights.ts'
import { restore, runLabel } from './restore.ts'

export type RunSettings = Pick<
  Settings,
  'gateway' | 'settleMs' | 'kubeconfig' | 'context' | 'namespaces' | 'deploy' | 'podImage' | 'revision' | 'allowProduction' | 'rate' | 'insecure'
> &
  SourceSettings

/** Where Leases of runs are: every user of a cluster knows it. */
export const leaseNamespace = 'default'

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
  /** Ports of the ingress gateway that the last scenario's config has used: until they are proven to have forgotten it, they answer by it. */
  readonly leftAtGateway = new Set<number>()
  /** Kinds of the Gateway API of which some object has had its status told, and those of which none ever had in its time. */
  readonly handledKinds = new Set<string>()
  readonly unhandledKinds = new Set<string>()
  readonly mesh: MeshInfo
  readonly #permissions: Permissions
  readonly #lease: RunLease
  readonly #named: Omit<Sources, 'logs'>
  readonly #warn: (text: string) => void
  #ingress: Promise<GatewayAddress | null> | null = null
  #sources: Promise<Sources> | null = null
  readonly #made = new Map<string, Promise<void>>()

  private constructor(
    id: string,
    settings: RunSettings,
    objects: KubeObjects,
    mesh: MeshInfo,
    permissions: Permissions,
    bringsIngress: boolean,
    lease: RunLease,
    { named, warn }: { readonly named: Omit<Sources, 'logs'>; readonly warn: (text: string) => void },
  ) {
    this.id = id
    this.settings = settings
    this.objects = objects
    this.mesh = mesh
    this.#permissions = permissions
    this.#lease = lease
    this.#named = named
    this.#warn = warn
    this.namespaces = new NamespaceMap(`meshspec-${id}`, settings.namespaces, bringsIngress)
    const { config, server } = objects.api
    const head = {
      run: id,
      pid: process.pid,
      startedAt: new Date().toISOString(),
      server,
      context: config.getCurrentContext(),
      kubeconfig: settings.kubeconfig,
    }
    this.ledger = new Ledger(head)
    this.deployments = new Deployments(objects, this.ledger, (namespace) => this.namespaces.isNamed(namespace))
    this.agents = new PodAgents(config)
    this.ownIngress = bringsIngress ? new OwnIngress({ objects, ledger: this.ledger, run: id }) : null
    this.barrier = new Barrier({ objects, ledger: this.ledger, run: id, ingressLabel: this.ownIngress?.label ?? 'ingressgateway' })
    this.pace = new Pace(settings.rate)
  }

  /** @throws MeshSpecError CLUSTER_UNREACHABLE, CLUSTER_DENIED, CLUSTER_BUSY, CLUSTER_REFUSED, INVALID_SETTING */
  static async open(settings: RunSettings, warn: (text: string) => void): Promise<ClusterRun> {
    const objects = new KubeObjects(new KubeApi(await loadKubeConfig(settings)))
    await assertThere(objects.api)
    const named = await namedSources(settings)
    const mesh = await readMeshInfo(objects, settings.revision)
    const mayBring = settings.deploy && settings.gateway === null && settings.namespaces.length === 0
    const wanted = {
      ...settings,
      namesNamespaces: settings.namespaces.length > 0,
      ownGateway: mayBring,
      telemetry: await proxiedServices(objects, mesh.namespace, settings),
    }
    const places = { named: settings.namespaces, controlPlane: mesh.namespace, lease: leaseNamespace }
    const permissions = await Permissions.ask(objects.api, rightsOf(wanted), places)
    tell(permissions, mayBring, warn)
    const lacks = (purpose: Purpose): boolean => permissions.missingFor(purpose).length > 0
    const bringsIngress = mayBring && !lacks('workloads') && !lacks('config') && !lacks('own-gateway')
    const id = randomBytes(3).toString('hex')
    const lease = new RunLease(objects.api, leaseNamespace, id)
    await lease.acquire()
    return new ClusterRun(id, settings, objects, mesh, permissions, bringsIngress, lease, { named, warn })
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
    this.#lease.assertHeld()
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
    const real = this.namespaces.real(scenario)
    if (this.namespaces.isNamed(real)) return real
    if (real === systemNamespace || real === this.mesh.namespace)
      throw new NotSupported('config', `what is in ${real} acts on the whole mesh, which the run is not to change; --namespaces names it if it may`)
    const making = this.#made.get(real) ?? this.#makeNamespace(real)
    this.#made.set(real, making)
    await making
    return real
  }

  /** Undoes everything. What cannot be undone stays in the ledger, for `meshspec clean`. */
  async close(): Promise<void> {
    await this.agents.close()
    try {
      await this.#undo()
      this.ledger.remove()
    } catch (error) {
      throw notUndone(error)
    } finally {
      await this.#lease.release().catch(() => {})
      this.objects.api.close()
    }
  }

  async #undo(): Promise<void> {
    const namespaces = this.ledger.open.filter(({ ref }) => ref.kind === 'Namespace')
    const gone = new Set(namespaces.filter(({ before }) => before === null).map(({ ref }) => ref.name))
    // What is in a namespace that goes goes with it.
    for (const touched of this.ledger.open)
      if (touched.ref.kind !== 'Namespace' && !gone.has(touched.ref.namespace)) await restore(this.objects, touched, this.id)
    for (const touched of namespaces) await restore(this.objects, touched, this.id)
    await waitUntilGone(this.objects, [...gone])
  }

  async #makeNamespace(name: string): Promise<void> {
    const ref = { group: '', kind: 'Namespace', namespace: '', name }
    const found = await this.objects.read(ref)
    if (found !== null)
      throw clusterError(
        'CLUSTER_REFUSED',
        `the namespace ${name} is there already, and not of this run`,
        `name it with --namespaces if the run may use it`,
      )
    this.ledger.touch({ ref, before: null })
    await this.objects.apply(namespaceObject(name, { ...injectionLabel(this.mesh), [runLabel]: this.id }))
  }
}

/** What was not put back stands in the ledger. */
function notUndone(error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error)
  return clusterError('CLUSTER_FAILED', `what the run has changed is not all undone: ${reason}`, 'npx meshspec clean finishes that')
}

export function namespaceObject(name: string, labels: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}

/** ms. Pods are given their time to end. */
const goneMs = 60_000

export async function waitUntilGone(objects: KubeObjects, namespaces: readonly string[]): Promise<void> {
  const deadline = performance.now() + goneMs
  for (const name of namespaces)
    while ((await objects.read({ group: '', kind: 'Namespace', namespace: '', name })) !== null) {
      if (performance.now() > deadline)
        throw clusterError('CLUSTER_FAILED', `the namespace ${name} is still ending after ${goneMs / 1000} s`, 'npx meshspec clean looks after it')
      await sleep(300)
    }
}

/** @throws MeshSpecError CLUSTER_UNREACHABLE, CLUSTER_DENIED */
async function assertThere(api: KubeApi): Promise<void> {
  const { ApiFailure } = await import('../kube/api-failure.ts')
  try {
    await api.send({ method: 'GET', path: '/api/v1' })
  } catch (error) {
    throw error instanceof ApiFailure ? error.toError('be asked what it serves') : error
  }
}

/** Once, before anything is done. */
function tell(permissions: Permissions, mayBringIngress: boolean, warn: (text: string) => void): void {
  if (permissions.toGrant === '') return
  warn(`The user may not do all that a run does. To be granted, as rules of a Role or ClusterRole:\n${permissions.toGrant}\n`)
  if (mayBringIngress && permissions.missingFor('own-gateway').length > 0)
    warn('Without those of secrets, roles and rolebindings scenarios use the ingress gateway of the cluster, and not one of the run.\n')
}

function addressOfUrl(gateway: string): GatewayAddress {
  const { hostname, port, protocol } = new URL(gateway)
  const own = Number(port) || (protocol === 'https:' ? 443 : 80)
  return { host: hostname, ports: new Map([[protocol === 'https:' ? 443 : 80, own]]), httpPort: protocol === 'https:' ? 443 : 80, how: '--gateway' }
}
