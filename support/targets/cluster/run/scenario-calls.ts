import type { Resource } from '../../../../mesh-core/config/resource.ts'
import type { Exchange } from '../../../../mesh-core/ir/exchange.ts'
import { Undecided } from '../../../verdicts/failure.ts'
import { NotSupported } from '../../target.ts'
import type { Call, Load, ServiceRef } from '../../target.ts'
import { atOnce } from '../at-once.ts'
import type { Answered } from '../gateway-client.ts'
import type { Observer } from '../observe/observer.ts'
import { reachOfCall } from '../lanes/reach.ts'
import { CallsFromPods, unknownName } from '../pods/calls-from-pods.ts'
import { hostIn, kindOfName } from '../pods/cluster-names.ts'
import type { NameKind } from '../pods/cluster-names.ts'
import type { Pod } from '../pods/pod.ts'
import { seesOutside } from '../pods/outside-manifests.ts'
import type { ScenarioPods } from '../pods/scenario-pods.ts'
import { beyondTheCluster } from './outside/beyond-the-cluster.ts'
import type { ClusterRun } from './cluster-run.ts'
import { asksForTunnel } from './cluster-words.ts'
import { GatewayCalls } from './gateways/gateway-calls.ts'
import { isNameOutside } from './outside/outside.ts'
import { podsOfGateway } from './gateways/gateway-pods.ts'
import { isManagedGateway } from './gateways/managed-gateways.ts'
import { authorizersOf } from './access/mesh-config-map.ts'
import { asksForLimits } from './outside/limited.ts'
import { answererOf, areUnreached, countAtGateways } from './gateways/own-answers.ts'
import type { Counts } from './gateways/own-answers.ts'
import { routerPods } from './barrier/routers.ts'
import type { RunEvidence, Scene } from './run-evidence.ts'
import type { TellingPods } from './telling-pods.ts'
import type { ScenarioObjects } from './scenario-objects.ts'
import { addressOfEntry, foreignAddresses, isServedHost } from './gateways/served-host.ts'
import { redirecting } from './outside/unknown-names.ts'

/** ms until the API server knows that a container has ended: the kubelet looks once a second. Source: Kubernetes, `genericPlegRelistPeriod`. */
const toldMs = 3000

export interface ScenarioCallsParts {
  readonly config: ScenarioObjects
  readonly pods: ScenarioPods
  readonly telling: TellingPods
  readonly evidence: RunEvidence
  /** `null`: nobody besides the run's own pods is asked what the mesh has done. */
  readonly observer: Observer | null
}

/** Sends what a scenario sends, and says of each request what came of it. */
export class ScenarioCalls {
  readonly #run: ClusterRun
  readonly #parts: ScenarioCallsParts
  readonly #fromPods: CallsFromPods
  readonly #fromOutside: GatewayCalls
  #sender: Pod | null = null

  constructor(run: ClusterRun, parts: ScenarioCallsParts) {
    this.#run = run
    this.#parts = parts
    this.#fromPods = new CallsFromPods(run, {
      isServed: (authority) => this.#kindOf(authority) === 'service' || isServedHost(authority, parts.config.applied, this.#podIps),
      isOfCluster: (authority) => this.#kindOf(authority) === 'pod' || !this.#isOutside(authority),
      // Pods of others would be shown the mark.
      isMarked: () => run.settings.deploy && this.#passesGateways,
      addressOf: (authority) => addressOfEntry(authority, parts.config.applied),
      found: (unknown) => run.unknownNames.add(unknown, parts.config.applied),
    })
    this.#fromOutside = new GatewayCalls(run, parts.config)
  }

  /** The pod that has sent last; `null` for a client outside, and before anything was sent. */
  get sender(): Pod | null {
    return this.#sender
  }

  /** @throws NotSupported for a name that nobody here knows, as far as that is known before the scenario's config is in force */
  assertKnownName({ from, target, headers }: Call): void {
    const { unknownNames, namespaces } = this.#run
    const [, authority = ''] = /^https?:\/\/([^/?#]*)/.exec(target) ?? []
    if (from.kind !== 'service' || Object.keys(headers).some((name) => name.toLowerCase() === 'host')) return
    if (unknownNames.has(namespaces.host(authority), this.#parts.config.applied)) throw unknownName(authority)
  }

  /**
   * @param given the scenario's objects, in its own words
   * @throws MeshSpecError CONFIG_CHANGED where somebody else has changed what the answers rest on; NotSupported, Undecided
   */
  async send(call: Call, load: Load, given: readonly Resource[]): Promise<readonly Exchange[]> {
    const { config, telling, evidence, observer, pods } = this.#parts
    await observer?.begin(this.#run.pace.lastMs)
    this.#sender = call.from.kind === 'service' ? this.#podOf(call.from.service) : null
    const { outside } = this.#run
    const beyond = (await outside?.pod()) ?? null
    this.#assertReachable(call, beyond !== null)
    if (this.#sender !== null) await outside?.know(this.#namesIn(call.target))
    const asked = pods.all.concat(beyond ?? [])
    const since = this.#tunnels(load) ? await telling.sequences(asked) : null
    const count = await this.#gatewayCounts(load)
    const before = await count()
    const answered = await this.#answered(call, load)
    const after = await count()
    const routers = routerPods(pods.all)
    const atGateways = { answeredBy: answererOf(routers, before, after), areUnreached: areUnreached(routers, before, after) }
    const told = evidence.of(answered, this.#sender, asked, { ...(await this.#scene(given)), since, ...atGateways })
    // What somebody else changed meanwhile is told before any statement about the answers, and before what is wrong with those.
    told.catch(() => {})
    await Promise.all([config.assertUntouched(), pods.noticeMishaps(0)])
    this.#run.assertAlone()
    const exchanges = await told
    if (this.#sender?.sidecar && exchanges.some(isRefused)) await pods.noticeMishaps(toldMs)
    if (exchanges.some(isUnanswered)) this.assertSteady()
    this.#assertWithin(call, exchanges, given, beyond !== null)
    return exchanges
  }

  /** @throws Undecided where pods have stopped to answer for a while during the last load, which the scenario did not want and the mesh cannot help */
  assertSteady(): void {
    const { lapses } = this.#parts.pods
    if (lapses.length === 0) return
    throw new Undecided(this.#run.namespaces.back(`${lapses.join(', ')}: what was seen may come of it (its node may have too much to do)`))
  }

  async #answered(call: Call, { times, concurrency }: Load): Promise<readonly Exchange[]> {
    const { pace } = this.#run
    const send = await this.#sending(call)
    const limited = asksForLimits(this.#parts.config.applied)
    const sendOne = async (): Promise<Answered> => {
      await pace.turn()
      const one = await send()
      pace.look(one, limited)
      return one
    }
    const answered: Exchange[] = []
    for await (const one of atOnce(times, concurrency, sendOne)) answered.push({ ...one, hops: [] })
    return answered
  }

  /** @returns what sends the call once */
  async #sending(call: Call): Promise<() => Promise<Answered>> {
    const { telling, observer, pods } = this.#parts
    const sender = this.#sender
    const isSecured = call.target.startsWith('https:')
    const authorities = isSecured ? [...(await telling.authorities(pods.all)), ...((await this.#run.outside?.authorities()) ?? [])] : []
    const sending = (marked: Call): Promise<() => Promise<Answered>> =>
      sender === null ? this.#fromOutside.sending(marked, authorities) : this.#fromPods.sending(sender, marked, authorities)
    const first = await sending(call)
    if (observer === null) return first
    return async () => (await sending({ ...call, headers: { ...call.headers, ...(await observer.marks(call.headers)) } }))()
  }

  #kindOf(authority: string): NameKind {
    const own = this.#parts.config.applied.filter(({ kind }) => kind === 'Service')
    return kindOfName(authority.replace(/:\d+$/, ''), [...this.#run.deployments.services, ...own])
  }

  readonly #isOwn = (namespace: string): boolean => this.#run.namespaces.all.includes(namespace)

  #isOutside(authority: string): boolean {
    return reachOfCall(authority.replace(/:\d+$/, ''), this.#isOwn) === 'outside'
  }

  /** Names outside of the cluster that the sender's pod is to find. */
  #namesIn(target: string): readonly string[] {
    const host = hostIn(target)
    const { namespaces } = this.#run
    const real = namespaces.host(host)
    const isOutside = isNameOutside(real, this.#isOwn)
    return isOutside && this.#kindOf(real) === 'other' ? [host] : []
  }

  get #podIps(): ReadonlySet<string> {
    return new Set(this.#parts.pods.all.map(({ ip }) => ip))
  }

  #podOf(service: ServiceRef): Pod {
    const pods = this.#parts.pods.of(service)
    return pods.find(({ ready }) => ready) ?? pods[0]!
  }

  /** Nobody waits for copies that some route makes. */
  async #scene(given: readonly Resource[]): Promise<Omit<Scene, 'since' | 'answeredBy' | 'areUnreached'>> {
    const { applied } = this.#parts.config
    const copies = applied.some((object) => /"mirror|"RequestMirror"/.test(JSON.stringify(object['spec'] ?? {})))
    const passesGateways = this.#sender !== null && this.#passesGateways
    const managed = passesGateways ? applied.filter(isManagedGateway) : []
    const gateways = await Promise.all(managed.map((gateway) => podsOfGateway(this.#run.objects, gateway)))
    const objects = [...this.#run.deployments.services, ...applied]
    return { copies, passesGateways, gateways: gateways.flatMap(({ pods }) => pods), authorizers: authorizersOf(given), objects }
  }

  /** Does a rule ask for tunnels? @throws NotSupported where it could not be told what came through one */
  #tunnels({ times }: Load): boolean {
    const rule = this.#parts.config.applied.find(asksForTunnel)
    if (rule && times > 1)
      throw new NotSupported(
        'in-mesh-calls',
        `DestinationRule ${rule.metadata.name} asks for tunnels, and of several requests nobody tells which came through one: send one at a time`,
      )
    return rule !== undefined
  }

  /** @returns what asks gateways of the scenario's own what they have counted; nothing is asked where it would not tell who has answered */
  async #gatewayCounts({ times }: Load): Promise<() => Promise<Counts>> {
    const own = routerPods(this.#parts.pods.all)
    if (this.#sender === null || times > 1 || own.length === 0) return () => Promise.resolve(new Map())
    const asker = await this.#run.agents.of(this.#sender)
    return () => countAtGateways(own, asker)
  }

  /** May a request from inside leave through a gateway? */
  get #passesGateways(): boolean {
    return this.#parts.config.applied.some(({ kind }) => kind === 'Gateway')
  }

  /** @param bringsOutside whether a pod of the run stands for what is outside. @throws NotSupported for a name under which a live mesh finds nobody of this run */
  #assertReachable({ from, target }: Call, bringsOutside: boolean): void {
    const { applied } = this.#parts.config
    const host = hostIn(target)
    if (from.kind !== 'service') return
    const isServed = isServedHost(this.#run.namespaces.host(host), applied, this.#podIps)
    if (bringsOutside && this.#namesIn(target).length > 0 && !isServed && applied.some((one) => isManagedGateway(one) && !seesOutside(one)))
      throw new NotSupported(
        'in-mesh-calls',
        `pods that the control plane makes of a Gateway find nobody at ${host}, which is outside of the cluster`,
      )
    // A rule may answer itself, or send elsewhere.
    const foreign = applied.some(({ kind }) => redirecting.test(kind)) ? null : this.#foreign(host)
    if (foreign !== null) throw new NotSupported('in-mesh-calls', foreign)
  }

  /** Why nobody of this run is behind the name: the scenario itself leads it to other addresses. */
  #foreign(host: string): string | null {
    const { applied } = this.#parts.config
    const services = [...this.#run.deployments.services, ...applied].flatMap(({ kind, spec }) => (kind === 'Service' ? (spec?.clusterIP ?? []) : []))
    const addresses = foreignAddresses(this.#run.namespaces.host(host), applied, new Set([...this.#podIps, ...services]))
    return addresses.length === 0 ? null : `${host} is at ${addresses.join(', ')}, where nobody of this run answers`
  }

  /** @throws NotSupported where a request without an answer has left the cluster */
  #assertWithin({ target }: Call, exchanges: readonly Exchange[], given: readonly Resource[], bringsOutside: boolean): void {
    const own = this.#podIps
    const host = hostIn(target)
    const isServed = (place: string): boolean => own.has(place) || (bringsOutside && isNameOutside(place, this.#isOwn))
    for (const exchange of exchanges) {
      const reason = beyondTheCluster(host, exchange, given, isServed) ?? (isUnanswered(exchange) ? this.#foreign(host) : null)
      if (reason !== null) throw new NotSupported('in-mesh-calls', reason)
    }
  }
}

/** A sidecar that runs takes every connection of its pod. */
function isRefused({ error }: Exchange): boolean {
  return error === 'refused'
}

/** By nobody behind the mesh's proxies. */
function isUnanswered({ error, response }: Exchange): boolean {
  return error !== null || [502, 503, 504].includes(response?.status ?? 0)
}
