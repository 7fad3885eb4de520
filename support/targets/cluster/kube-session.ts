import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigRejected } from '../../../mesh-core/config/errors.ts'
import { refOf, resourceKey } from '../../../mesh-core/config/resource.ts'
import type { KubeObject, Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import type { ObjectStatus } from '../../../mesh-core/compile/gateway-api/object-status.ts'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import { bookinfoManifests } from '../deployment/bookinfo-manifests.ts'
import { echoManifests } from '../deployment/echo-manifests.ts'
import type { Behaviour, Call, EchoService, Load, MeshSession, PodStatus, ScenarioInfo, ServiceRef, Telemetry } from '../target.ts'
import { NotSupported, NotYetProgrammed } from '../target.ts'
import { atOnce } from './at-once.ts'
import type { Answered } from './gateway-client.ts'
import { Observer } from './observe/observer.ts'
import type { Scenery } from './observe/watch.ts'
import { CallsFromPods } from './pods/calls-from-pods.ts'
import { labelled } from './pods/deployments.ts'
import { assertKnown, findDeployments, findPods } from './pods/find-pods.ts'
import type { Scene } from './pods/find-pods.ts'
import { listPods } from './pods/pod.ts'
import type { Pod } from './pods/pod.ts'
import { probesItself, runnable } from './pods/pod-manifests.ts'
import { beyondTheCluster } from './run/beyond-the-cluster.ts'
import type { ClusterRun } from './run/cluster-run.ts'
import { namespaceObject } from './run/cluster-run.ts'
import { doubtsAbout } from './run/doubts.ts'
import { GatewayCalls } from './run/gateway-calls.ts'
import { actsOnWholeMesh, systemNamespace } from './run/own-ingress.ts'
import { Proof } from './run/proof.ts'
import { RunEvidence } from './run/run-evidence.ts'
import { ScenarioObjects } from './run/scenario-objects.ts'

/** Kinds that run a scenario's services; they are kept for scenarios that ask for the same. */
const workloadKinds: ReadonlySet<string> = new Set(['Deployment', 'Service', 'ServiceAccount'])

/** ms that a scenario may ask to pass; a suite that waits longer is run by nobody. */
const longestWaitMs = 60_000

/** Kinds that change routes and nothing else of a proxy's config. */
const routeKinds: ReadonlySet<string> = new Set(['VirtualService'])

/** A live mesh whose Kubernetes API is there. */
export class KubeSession implements MeshSession {
  readonly #run: ClusterRun
  readonly #config: ScenarioObjects
  readonly #proof: Proof
  readonly #fromPods: CallsFromPods
  readonly #fromOutside: GatewayCalls
  readonly #evidence: RunEvidence
  readonly #observer: Observer
  /** Somebody besides the run's own pods is asked what the mesh has done. */
  readonly #isWatched: boolean
  /** In the scenario's words. */
  readonly #given = new Map<string, Resource>()
  readonly #uninjected = new Set<string>()
  /** `namespace/pod` of those that the scenario has made not ready. */
  readonly #notReady = new Set<string>()
  /** Namespaces of the cluster that the scenario uses. */
  readonly #used = new Set<string>()
  #pods: readonly Pod[] = []
  #namespace = 'default'
  #dirty: 'nothing' | 'routes' | 'all' = 'nothing'
  #hasSent = false
  #sender: Pod | null = null

  constructor(run: ClusterRun, { asksTelemetry = false }: Pick<ScenarioInfo, 'asksTelemetry'>) {
    this.#run = run
    this.#observer = new Observer({ sources: () => run.sources(), scenery: () => this.#scenery })
    // Pods of the run's own tell everything themselves.
    this.#isWatched = asksTelemetry || !run.settings.deploy
    this.#config = new ScenarioObjects(run.objects, run.ledger)
    this.#proof = new Proof(run, this.#config)
    this.#fromPods = new CallsFromPods(run)
    this.#fromOutside = new GatewayCalls(run, this.#config)
    this.#evidence = new RunEvidence(run, this.#observer)
  }

  /**
   * Before the first request nobody can see the difference, so that several changes in a row are waited for once, when something is first sent; later
   * ones are waited for here.
   */
  async apply(resources: readonly Resource[]): Promise<void> {
    this.#run.assertPermitted('config')
    await this.#put(resources)
    for (const resource of resources) this.#given.set(resourceKey(refOf(resource)), resource)
    // Objects with a status are perhaps looked at before anything is sent.
    if (this.#hasSent || resources.some(({ apiVersion }) => apiVersion.startsWith('gateway.networking.k8s.io/'))) await this.#settle()
  }

  async remove(refs: readonly ResourceRef[]): Promise<void> {
    this.#run.assertPermitted('config')
    const real = await Promise.all(refs.map(async (ref) => ({ ...ref, namespace: ref.namespace && (await this.#use(ref.namespace)) })))
    await this.#config.remove(real)
    for (const ref of refs) this.#given.delete(resourceKey(ref))
    this.#taint(refs.map(({ kind }) => kind))
    if (this.#hasSent) await this.#settle()
  }

  async deployBookinfo(namespace: string): Promise<void> {
    this.#namespace = namespace
    if (!this.#run.settings.deploy) return this.#findBookinfo(namespace)
    await this.apply(bookinfoManifests(namespace))
  }

  async deployEcho(services: readonly EchoService[]): Promise<void> {
    this.#assertDeploys('echo services')
    await this.apply(echoManifests(services))
  }

  async setBehaviour(behaviour: Behaviour): Promise<void> {
    await this.#ready()
    if (behaviour.kind === 'replicas') return this.#scale(behaviour.service, behaviour.replicas)
    const pods = findPods(this.#scene, behaviour.service, this.#namespace)
    switch (behaviour.kind) {
      case 'delay':
        return this.#behave(pods, { delayMs: behaviour.ms })
      case 'status': {
        const { status, first, endpoint } = behaviour
        const own = endpoint === null ? pods : [endpointOf(pods, endpoint)]
        if (first !== null && own.length > 1) throw countedByPods(first, own)
        return this.#behave(own, { status, first: first ?? Infinity })
      }
      case 'grpc-status':
        if (behaviour.first !== null && pods.length > 1) throw countedByPods(behaviour.first, pods)
        return this.#behave(pods, { grpcStatus: behaviour.status, first: behaviour.first ?? Infinity })
      case 'certificate':
        return this.#evidence.certify(pods, { pair: behaviour.pair, clientAuthority: behaviour.clientAuthority })
      case 'readiness':
        this.#assertOwnProbe(behaviour.service)
        return this.#setReady(behaviour.endpoint === null ? pods : [endpointOf(pods, behaviour.endpoint)], behaviour.ready)
    }
  }

  async setSidecars(namespace: string, injected: boolean): Promise<void> {
    if (injected) this.#uninjected.delete(namespace)
    else this.#uninjected.add(namespace)
    const own = [...this.#given.values()].filter((resource) => resource.kind === 'Deployment' && resource.namespace === namespace)
    if (own.length > 0) await this.apply(own)
  }

  async send(call: Call): Promise<Exchange> {
    for await (const exchange of this.sendMany(call, { times: 1, concurrency: 1 })) return exchange
    throw new Error('one request was sent')
  }

  async *sendMany(call: Call, { times, concurrency }: Load): AsyncIterable<Exchange> {
    if (call.from.kind === 'service') this.#run.assertPermitted('in-mesh-calls')
    await this.#settle()
    if (this.#isWatched) await this.#observer.begin(this.#run.pace.lastMs)
    this.#hasSent = true
    const sender = call.from.kind === 'service' ? this.#senderOf(call.from.service) : null
    this.#sender = sender
    const sendOne = await this.#sending(sender, call)
    const limited = this.#config.applied.some(({ kind }) => kind === 'EnvoyFilter')
    const answered: Promise<Exchange>[] = []
    for await (const sent of atOnce(times, concurrency, async () => {
      await this.#run.pace.turn()
      const one = await sendOne()
      this.#run.pace.look(one, limited)
      return one
    }))
      answered.push(Promise.resolve({ ...sent, hops: [] }))
    const evidence = this.#evidence.of(await Promise.all(answered), sender, this.#pods, this.#copies())
    // What somebody else changed meanwhile is told before any statement about the answers.
    await this.#config.assertUntouched()
    const exchanges = await evidence
    this.#assertWithin(call, exchanges)
    yield* exchanges
  }

  /** @throws NotSupported where a request without an answer has left the cluster */
  #assertWithin({ target }: Call, exchanges: readonly Exchange[]): void {
    const own = new Set(this.#pods.map(({ ip }) => ip))
    const [, host = ''] = /^\w+:\/\/([^/?#:]*)/.exec(target) ?? []
    for (const exchange of exchanges) {
      const reason = beyondTheCluster(host, exchange, this.resources(), own)
      if (reason !== null) throw new NotSupported('in-mesh-calls', reason)
    }
  }

  async #sending(sender: Pod | null, call: Call): Promise<() => Promise<Answered>> {
    const authorities = call.target.startsWith('https:') ? await this.#evidence.authorities(this.#pods) : []
    const send = (marked: Call): Promise<() => Promise<Answered>> =>
      sender === null ? this.#fromOutside.sending(marked, authorities) : this.#fromPods.sending(sender, marked, authorities)
    const first = await send(call)
    if (!this.#isWatched) return first
    return async () => (await send({ ...call, headers: { ...call.headers, ...(await this.#observer.marks(call.headers)) } }))()
  }

  async elapse(ms: number): Promise<void> {
    if (ms > longestWaitMs) throw new NotSupported('virtual-time', `a cluster's clock is the wall's, and ${ms / 1000} s is too long to wait`)
    await this.#settle()
    await sleep(ms)
  }

  async pods(): Promise<readonly PodStatus[]> {
    await this.#settle()
    const pods = (await this.#listPods()).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    return pods.map(({ namespace, containers, readyContainers, ...pod }) => {
      const own = pods.filter((other) => other.namespace === namespace && other.workload === pod.workload)
      // As a scenario numbers endpoints: names of a cluster's pods end in chance.
      const name = own.length > 1 ? `${pod.workload}-${own.findIndex((other) => other.name === pod.name) + 1}` : pod.name
      return { name, namespace: this.#run.namespaces.scenario(namespace), containers, readyContainers }
    })
  }

  evidence(): readonly string[] {
    return this.#evidence.sources
  }

  get telemetry(): Telemetry {
    return this.#observer.telemetry
  }

  notModelled(): readonly string[] {
    return []
  }

  resources(): readonly Resource[] {
    return [...this.#given.values()]
  }

  statuses(): readonly ObjectStatus[] {
    return this.#proof.statuses([...this.#given.values()])
  }

  doubts(): readonly string[] {
    const { deployments, namespaces } = this.#run
    const { all, services } = deployments
    return doubtsAbout({ sender: this.#sender, pods: this.#pods, services, deployments: all, config: this.#config.applied, namespaces })
  }

  assertKnown(service: ServiceRef): void {
    assertKnown(this.#scene, this.#run.deployments.all, service, this.#namespace)
  }

  async close(): Promise<void> {
    const isRemembered = this.#hasSent && this.#config.applied.some(remembersEndpoints)
    try {
      await this.#config.undo()
      if (isRemembered) await this.#forgetEndpoints()
      await this.#proof.leave()
      // They are kept for scenarios to come, which know nothing of what this one has told them.
      await this.#evidence.reset(this.#pods)
    } finally {
      this.#run.deployments.endScenario()
    }
  }

  get #scenery(): Scenery {
    const { namespaces } = this.#run
    return {
      pods: this.#pods,
      namespaces: [...this.#used],
      namespace: (real) => namespaces.scenario(real),
      text: (real) => namespaces.back(real),
      real: (text) => namespaces.host(text),
      realNamespace: (name) => namespaces.real(name),
    }
  }

  /**
   * What a proxy has counted of endpoints ends with the rule that let it count, once the proxy knows that it is gone: pods are kept for the next scenario, whose
   * rule may be the same.
   */
  async #forgetEndpoints(): Promise<void> {
    try {
      await this.#proof.pass([...this.#used], this.#pods, 2)
    } catch (error) {
      if (!(error instanceof NotYetProgrammed)) throw error
      await this.#run.deployments.drop()
    }
  }

  get #scene(): Scene {
    return { pods: this.#pods, services: this.#run.deployments.services, namespaces: this.#run.namespaces }
  }

  async #put(resources: readonly Resource[]): Promise<void> {
    // Names first: an object may speak of a namespace of another one.
    for (const { namespace } of resources) if (namespace !== '') await this.#use(namespace)
    const workloads = resources.filter(({ kind }) => workloadKinds.has(kind))
    if (workloads.length > 0 && !this.#run.namespaces.isNamed(workloads[0]!.namespace)) this.#assertDeploys('services')
    for (const resource of workloads) {
      if (await this.#run.deployments.ask(this.#workload(resource))) this.#dirty = 'all'
      // One that was there already is not clean, and perhaps unknown to the proxies of this scenario's pods.
      this.#pods = []
      this.#dirty = 'all'
    }
    const config = await Promise.all(resources.filter(({ kind }) => !workloadKinds.has(kind)).map((resource) => this.#object(resource)))
    if (await this.#applied(config, resources)) this.#taint(resources.map(({ kind }) => kind))
  }

  /** What the cluster refuses is told in its words, and then in ours, which know the line. */
  async #applied(config: readonly KubeObject[], resources: readonly Resource[]): Promise<boolean> {
    try {
      return await this.#config.apply(config)
    } catch (error) {
      if (!(error instanceof ConfigRejected)) throw error
      const { validateResource } = await import('../../../mesh-core/config/validate.ts')
      throw new ConfigRejected([...error.errors, ...resources.flatMap((resource) => validateResource(resource).errors)])
    }
  }

  #workload(resource: Resource): KubeObject {
    const object = this.#mapped(resource)
    const { id, settings } = this.#run
    if (resource.kind !== 'Deployment') return labelled(object, id)
    return runnable(object, { run: id, image: settings.podImage, injected: !this.#uninjected.has(resource.namespace) })
  }

  async #object(resource: Resource): Promise<KubeObject> {
    if (resource.kind === 'MeshConfig') throw new NotSupported('config', 'the mesh config is of the whole mesh, which the run is not to change')
    if (resource.kind === 'Namespace') return this.#namespaceOf(resource)
    const { kind } = resource
    const { kinds } = this.#run.objects
    const apiVersion = await kinds.servedVersion(resource.apiVersion, kind)
    if (!(await kinds.isNamespaced(apiVersion, kind)))
      throw new NotSupported('config', `${kind} ${resource.name} is of the whole cluster, which the run is not to change`)
    assertOwnAuthorities(resource)
    if (actsOnWholeMesh(resource) && !this.#run.namespaces.isNamed(systemNamespace))
      throw new NotSupported(
        'config',
        `${kind} ${resource.name} acts on the whole mesh in ${systemNamespace}, which the run is not to change; --namespaces names it if it may`,
      )
    const mapped = { ...this.#mapped(resource), apiVersion }
    const object = this.#run.ownIngress?.readdress(mapped) ?? mapped
    return kind === 'Sidecar' ? this.#proof.visibleTo(object) : object
  }

  /** Labels of the scenario beside those that the namespace has. */
  async #namespaceOf({ name, object }: Resource): Promise<KubeObject> {
    const real = await this.#use(name)
    const found = await this.#run.objects.read({ group: '', kind: 'Namespace', namespace: '', name: real })
    return namespaceObject(real, { ...found?.metadata.labels, ...object.metadata.labels })
  }

  #mapped(resource: Resource): KubeObject {
    const { object, namespace } = resource
    const { creationTimestamp: _, ...metadata } = object.metadata
    return this.#run.namespaces.object({ ...object, metadata: { ...metadata, ...(namespace !== '' && { namespace }) } })
  }

  async #use(namespace: string): Promise<string> {
    const real = await this.#run.namespace(namespace)
    this.#used.add(real)
    return real
  }

  #taint(kinds: readonly string[]): void {
    if (!kinds.every((kind) => routeKinds.has(kind))) this.#dirty = 'all'
    else if (this.#dirty === 'nothing') this.#dirty = 'routes'
  }

  /** Pods are there. */
  async #ready(): Promise<void> {
    if (this.#pods.length > 0) return
    const { deployments } = this.#run
    if (await deployments.dropForeign()) this.#dirty = 'all'
    await deployments.settled([...this.#used], this.#notReady)
    this.#pods = await this.#listPods()
  }

  /** What was changed is in force. @throws NotYetProgrammed */
  async #settle(): Promise<void> {
    await this.#ready()
    if (this.#dirty === 'nothing' && this.#run.leftAtGateway.size === 0) return
    await this.#proof.pass([...this.#used], this.#pods, this.#dirty === 'all' ? 2 : 1)
    this.#dirty = 'nothing'
  }

  /** In a namespace that the user has named, its own are the scenario's, too. */
  async #listPods(): Promise<readonly Pod[]> {
    const own = await this.#run.deployments.pods([...this.#used])
    const named = [...this.#used].filter((namespace) => this.#run.namespaces.isNamed(namespace) && namespace !== this.#run.mesh.namespace)
    const others = (await Promise.all(named.map((namespace) => listPods(this.#run.objects, namespace)))).flat()
    return [...own, ...others.filter((pod) => !own.some(({ name, namespace }) => name === pod.name && namespace === pod.namespace))]
  }

  async #behave(pods: readonly Pod[], behaviour: Parameters<RunEvidence['behave']>[1]): Promise<void> {
    await this.#evidence.behave(pods, behaviour)
  }

  async #setReady(pods: readonly Pod[], ready: boolean): Promise<void> {
    for (const { namespace, name } of pods) this.#notReady[ready ? 'delete' : 'add'](`${namespace}/${name}`)
    await this.#evidence.setReady(pods, ready)
    await this.#changedPods()
  }

  async #scale(service: ServiceRef, replicas: number): Promise<void> {
    const { deployments } = this.#run
    const own = findDeployments(deployments.all, this.#scene, service, this.#namespace)
    if (own.length === 0) throw new NotSupported('behaviour', `no Deployment of ${service.name} is of this run, which is to scale no other`)
    for (const deployment of own) await deployments.ask({ ...deployment, spec: { ...deployment['spec'], replicas } })
    await this.#changedPods()
  }

  async #changedPods(): Promise<void> {
    await this.#run.deployments.settled([...this.#used], this.#notReady)
    this.#pods = await this.#listPods()
    this.#dirty = 'all'
    if (this.#hasSent) await this.#settle()
  }

  /** @throws NotSupported where the kubelet asks something else than what a run can answer */
  #assertOwnProbe(service: ServiceRef): void {
    const other = findDeployments(this.#run.deployments.all, this.#scene, service, this.#namespace).find(probesItself)
    if (other)
      throw new NotSupported(
        'behaviour',
        `the pods of Deployment ${other.metadata.name} have a readiness probe of their own, which says when they are ready`,
      )
  }

  #senderOf(service: ServiceRef): Pod {
    const pods = findPods(this.#scene, service, this.#namespace)
    return pods.find(({ ready }) => ready) ?? pods[0]!
  }

  /** Does some route make copies? They arrive when they do, and nobody waits for them. */
  #copies(): boolean {
    return this.#config.applied.some((object) => /"mirror|"RequestMirror"/.test(JSON.stringify(object['spec'] ?? {})))
  }

  async #findBookinfo(namespace: string): Promise<void> {
    const real = await this.#use(namespace)
    const pods = await listPods(this.#run.objects, real)
    if (pods.some(({ app }) => app === 'productpage')) return void (this.#dirty = 'all')
    throw new NotSupported('workloads', `no Bookinfo is in the namespace ${real}; --deploy puts it there, --namespaces names the one where it is`)
  }

  #assertDeploys(what: string): void {
    if (!this.#run.settings.deploy) throw new NotSupported('workloads', `the scenario asks for ${what}, which --deploy would put into the cluster`)
    this.#run.assertPermitted('workloads')
  }
}

/** Does the rule have proxies put endpoints out for what they have answered before? */
function remembersEndpoints({ kind, ...rest }: KubeObject): boolean {
  return kind === 'DestinationRule' && JSON.stringify(rest).includes('"outlierDetection"')
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

function countedByPods(first: number, pods: readonly Pod[]): NotSupported {
  return new NotSupported('behaviour', `the first ${first} answers of ${pods.length} pods cannot be counted together`)
}

function endpointOf(pods: readonly Pod[], endpoint: number): Pod {
  const pod = pods.toSorted((a, b) => (a.name < b.name ? -1 : 1))[endpoint - 1]
  if (pod) return pod
  throw new NotSupported('behaviour', `there is no endpoint ${endpoint}: the service has ${pods.length}`)
}
