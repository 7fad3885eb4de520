import { setTimeout as sleep } from 'node:timers/promises'
import type { Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import type { ObjectStatus } from '../../../mesh-core/compile/gateway-api/object-status.ts'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import { danglingRules } from '../../doubts/dangling-rules.ts'
import { bookinfoManifests } from '../deployment/bookinfo-manifests.ts'
import { echoManifests } from '../deployment/echo-manifests.ts'
import type { Behaviour, Call, EchoService, Load, MeshSession, PodStatus, ScenarioInfo, ServiceRef, Telemetry } from '../target.ts'
import { NotSupported } from '../target.ts'
import { assertPasses } from '../deployment/wall-clock.ts'
import { assertDeploys, GivenConfig } from './given-config.ts'
import { reachOfCall } from './lanes/reach.ts'
import type { Reach } from './lanes/reach.ts'
import { Observer } from './observe/observer.ts'
import type { Scenery } from './observe/watch.ts'
import { hostIn } from './pods/cluster-names.ts'
import { mayHaveProxy } from './pods/deployments.ts'
import { PodBehaviours } from './pods/pod-behaviours.ts'
import { listPods } from './pods/pod.ts'
import { ScenarioPods } from './pods/scenario-pods.ts'
import type { ClusterRun } from './run/cluster-run.ts'
import { ClusterWords } from './run/cluster-words.ts'
import { doubtsAbout } from './run/barrier/doubts.ts'
import { Proof } from './run/barrier/proof.ts'
import { RunEvidence } from './run/run-evidence.ts'
import { TellingPods } from './run/telling-pods.ts'
import { ScenarioCalls } from './run/scenario-calls.ts'
import { ScenarioObjects } from './run/scenario-objects.ts'
import { ServedKeys } from './run/gateways/served-keys.ts'
import { namesCredential, remembersEndpoints, Unproven } from './run/barrier/unproven.ts'

/** A live mesh whose Kubernetes API is there. */
export class KubeSession implements MeshSession {
  readonly #run: ClusterRun
  readonly #config: ScenarioObjects
  readonly #words: ClusterWords
  readonly #proof: Proof
  readonly #pods: ScenarioPods
  readonly #behaviours: PodBehaviours
  readonly #calls: ScenarioCalls
  readonly #telling: TellingPods
  readonly #evidence: RunEvidence
  readonly #observer: Observer
  readonly #given: GivenConfig
  readonly #unproven: Unproven
  readonly #keys: ServedKeys
  #hasSent = false

  constructor(run: ClusterRun, { asksTelemetry = false }: Pick<ScenarioInfo, 'asksTelemetry'>) {
    this.#run = run
    this.#config = new ScenarioObjects(
      run.objects,
      run.ledger,
      (namespace) => namespace !== '' && namespace !== run.mesh.namespace && !run.namespaces.isNamed(namespace),
    )
    this.#words = new ClusterWords(run)
    this.#keys = new ServedKeys(run.outside)
    this.#proof = new Proof(run, this.#config)
    this.#pods = new ScenarioPods(
      run,
      this.#words.used,
      () => this.#config.applied,
      (pods) => this.#behaviours.hear(pods),
    )
    this.#unproven = new Unproven({ run, words: this.#words, proof: this.#proof, pods: this.#pods })
    this.#given = new GivenConfig({ run, words: this.#words, objects: this.#config, pods: this.#pods, unproven: this.#unproven, keys: this.#keys })
    this.#observer = new Observer({ sources: () => run.sources(), scenery: () => this.#scenery })
    this.#telling = new TellingPods(run)
    this.#evidence = new RunEvidence(run, this.#telling, this.#observer)
    this.#behaviours = new PodBehaviours(run, this.#pods, this.#telling)
    // Pods of the run's own tell everything themselves.
    const observer = asksTelemetry || !run.settings.deploy ? this.#observer : null
    this.#calls = new ScenarioCalls(run, { config: this.#config, pods: this.#pods, telling: this.#telling, evidence: this.#evidence, observer })
  }

  /**
   * Before the first request nobody can see the difference, so that several changes in a row are waited for once, when something is first sent; later
   * ones are waited for here.
   */
  async apply(resources: readonly Resource[]): Promise<void> {
    await this.#given.put(resources)
    // Objects with a status are perhaps looked at before anything is sent.
    if (this.#hasSent || resources.some(({ apiVersion }) => apiVersion.startsWith('gateway.networking.k8s.io/'))) await this.#unproven.settle()
  }

  async remove(refs: readonly ResourceRef[]): Promise<void> {
    await this.#given.remove(refs)
    if (this.#hasSent) await this.#unproven.settle()
  }

  async deployBookinfo(namespace: string): Promise<void> {
    this.#pods.namespace = namespace
    if (!this.#run.settings.deploy) return this.#findBookinfo(namespace)
    await this.apply(bookinfoManifests(namespace))
  }

  async deployEcho(services: readonly EchoService[]): Promise<void> {
    assertDeploys(this.#run, 'echo services')
    await this.apply(echoManifests(services))
  }

  async setBehaviour(behaviour: Behaviour): Promise<void> {
    await this.#unproven.ready()
    // From then on their own probes count the time.
    if (this.#behaviours.isProbed(behaviour)) await this.#unproven.settle()
    if (!(await this.#behaviours.set(behaviour))) return
    await this.#pods.settled()
    this.#unproven.addEndpoints()
    if (this.#hasSent) await this.#unproven.settle()
  }

  async setSidecars(namespace: string, injected: boolean): Promise<void> {
    this.#words.inject(namespace, injected)
    const own = this.#given.workloadsIn([namespace])
    if (own.length > 0) await this.apply(own)
  }

  async send(call: Call): Promise<Exchange> {
    for await (const exchange of this.sendMany(call, { times: 1, concurrency: 1 })) return exchange
    throw new Error('one request was sent')
  }

  async *sendMany(call: Call, load: Load): AsyncIterable<Exchange> {
    if (call.from.kind === 'service') this.#run.assertPermitted('in-mesh-calls')
    this.#calls.assertKnownName(call)
    await this.#unproven.hold(this.#reachOf(call))
    await this.#unproven.settle()
    this.#hasSent = true
    this.#run.hasSent = true
    const exchanges = await this.#calls.send(call, load, this.resources())
    await this.#keys.assertFetched(exchanges)
    yield* exchanges
  }

  async elapse(ms: number): Promise<void> {
    assertPasses(ms, 'a cluster')
    await this.#unproven.settle()
    await sleep(ms)
  }

  async pods(): Promise<readonly PodStatus[]> {
    await this.#unproven.settle()
    const pods = (await this.#pods.list()).toSorted((a, b) => (a.name < b.name ? -1 : 1))
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
    return this.#given.resources
  }

  statuses(): readonly ObjectStatus[] {
    return this.#proof.statuses(this.#given.resources)
  }

  doubts(): readonly string[] {
    const { deployments, namespaces } = this.#run
    const { all, services } = deployments
    const { mishaps } = this.#pods
    const odd = doubtsAbout({
      sender: this.#calls.sender,
      pods: this.#pods.all,
      mishaps,
      services,
      deployments: all,
      config: this.#config.applied,
      namespaces,
    })
    // In namespaces of the user's there may be more than the scenario says.
    return namespaces.areOwn ? [...odd, ...danglingRules(this.resources())] : odd
  }

  assertSteady(): void {
    this.#calls.assertSteady()
  }

  assertKnown(service: ServiceRef): void {
    this.#pods.assertKnown(service)
  }

  async close(): Promise<void> {
    const { applied } = this.#config
    const keepsCredential = this.#hasSent && applied.some(namesCredential)
    const isRemembered = this.#hasSent && applied.some(remembersEndpoints)
    try {
      this.#unproven.leave(this.#config.touched, this.#hasSent)
      await this.#config.undo()
      if (this.#given.changesMesh) await this.#run.meshConfig?.left()
      // What a proxy has counted of endpoints ends with the rule that let it count, once the proxy knows that it is gone: the next scenario's may be the same.
      const areKept = !keepsCredential && (!isRemembered || (await this.#unproven.areForgotten()))
      if (!areKept) await this.#run.deployments.dropProxies()
      // Scenarios to come know nothing of what this one has told them; pods that are about to end are told nothing.
      const kept = this.#pods.all.filter(({ labels }) => areKept || !mayHaveProxy(labels))
      await Promise.all([this.#proof.leave(), this.#telling.reset(kept), this.#run.outside?.reset()])
    } finally {
      this.#run.endScenario()
    }
  }

  get #scenery(): Scenery {
    const { namespaces } = this.#run
    return {
      pods: this.#pods.all,
      namespaces: [...this.#words.used],
      namespace: (real) => namespaces.scenario(real),
      text: (real) => namespaces.back(real),
      real: (text) => namespaces.host(text),
      realNamespace: (name) => namespaces.real(name),
    }
  }

  readonly #isOwn = (namespace: string): boolean => this.#run.namespaces.all.includes(namespace)

  /** Names that clients outside ask for are those of gateways. */
  #reachOf({ from, target }: Call): Reach {
    return from.kind === 'service' ? reachOfCall(this.#run.namespaces.host(hostIn(target)), this.#isOwn) : 'own'
  }

  async #findBookinfo(namespace: string): Promise<void> {
    const real = await this.#words.use(namespace)
    const pods = await listPods(this.#run.objects, real)
    if (pods.some(({ app }) => app === 'productpage')) return this.#unproven.add('all')
    throw new NotSupported('workloads', `no Bookinfo is in the namespace ${real}; --deploy puts it there, --namespaces names the one where it is`)
  }
}
