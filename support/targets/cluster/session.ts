import { setTimeout as sleep } from 'node:timers/promises'
import type { Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import type { Call, Load, MeshSession, PodStatus, Telemetry } from '../target.ts'
import { NotSupported } from '../target.ts'
import { assertPasses } from '../deployment/wall-clock.ts'
import { atOnce } from './at-once.ts'
import { answersPhrase, evidenceOf } from './evidence.ts'
import type { Answered, GatewayClient } from './gateway-client.ts'
import { toldByOthers } from './observe/completed.ts'
import type { Answer } from './observe/completed.ts'
import { Observer } from './observe/observer.ts'
import type { Sources } from './observe/watch.ts'
import type { Pace } from './pace.ts'
import type { ScenarioConfig } from './scenario-config.ts'
import type { Settling } from './settling.ts'

/** What a scenario's session shares with the others of the run. */
export interface ClusterAccess {
  readonly client: GatewayClient
  readonly settling: Settling
  readonly pace: Pace
  /** The scenario's config is in place already. */
  readonly assumeConfig: boolean
  /** Applications that were looked for and found: once for the run. */
  readonly found: Set<'bookinfo'>
  /** Who watches the mesh besides. */
  readonly sources: Sources
}

/** A live mesh of which only the gateway's endpoint is known, and perhaps a command that puts config in place. */
export class ClusterSession implements MeshSession {
  readonly #access: ClusterAccess
  /** `null` without a command. */
  readonly #config: ScenarioConfig | null
  readonly #observer: Observer
  readonly #told = new Set<string>()
  #hasSent = false

  constructor(access: ClusterAccess, config: ScenarioConfig | null) {
    this.#access = access
    this.#config = config
    const same = (text: string): string => text
    const scenery = { pods: [], namespaces: ['default'], namespace: same, text: same, real: same, realNamespace: same }
    this.#observer = new Observer({ sources: async () => access.sources, scenery: () => scenery })
  }

  async apply(resources: readonly Resource[]): Promise<void> {
    if (!this.#config) return this.#believe()
    if (await this.#config.apply(resources)) this.#access.settling.changed()
  }

  async remove(refs: readonly ResourceRef[]): Promise<void> {
    if (!this.#config) return this.#believe()
    await this.#config.remove(refs)
    this.#access.settling.changed()
  }

  /** The application is believed to be there, and looked for. */
  async deployBookinfo(namespace: string): Promise<void> {
    if (namespace !== 'default')
      throw new NotSupported('workloads', `only Bookinfo in the namespace default can be used through the gateway, not in ${namespace}`)
    if (this.#access.found.has('bookinfo')) return
    await this.#access.settling.wait()
    const { response } = await this.#access.client.send({ from: { kind: 'client' }, method: 'GET', target: '/productpage', headers: {}, body: '' })
    if (response?.body.includes('Simple Bookstore App')) return void this.#access.found.add('bookinfo')
    const seen = response === null ? 'gets no answer' : `is answered ${response.status}`
    throw new NotSupported('workloads', `this target deploys nothing, and no Bookinfo is behind the gateway: GET /productpage ${seen}`)
  }

  async deployEcho(): Promise<void> {
    throw new NotSupported('workloads', 'with a gateway endpoint alone no services can be deployed')
  }

  async setBehaviour(): Promise<void> {
    throw new NotSupported('behaviour', 'with a gateway endpoint alone no service can be made to behave otherwise')
  }

  async setSidecars(): Promise<void> {
    throw new NotSupported('workloads', 'with a gateway endpoint alone injection cannot be changed')
  }

  async send(call: Call): Promise<Exchange> {
    for await (const exchange of this.sendMany(call, { times: 1, concurrency: 1 })) return exchange
    throw new Error('one request was sent')
  }

  async *sendMany(call: Call, { times, concurrency }: Load): AsyncIterable<Exchange> {
    if (call.from.kind === 'service')
      throw new NotSupported('in-mesh-calls', `with a gateway endpoint alone ${call.from.service.name} cannot be made to send`)
    await this.#access.settling.wait()
    await this.#observer.begin(this.#access.pace.lastMs)
    this.#hasSent = true
    const answers: Answer[] = []
    for await (const answered of atOnce(times, concurrency, () => this.#sendOne(call))) {
      const { hops, untold, whole } = evidenceOf(answered)
      answers.push({ exchange: { ...answered, hops, ...(untold && { untold }) }, whole, byAnswer: hops.length > 0 })
    }
    const told = await toldByOthers(answers, this.#observer, null)
    if (told.some(({ byAnswer }) => byAnswer)) this.#told.add(answersPhrase)
    yield* told.map(({ exchange }) => exchange)
  }

  async #sendOne(call: Call): Promise<Answered> {
    await this.#access.pace.turn()
    const marks = await this.#observer.marks(call.headers)
    const answered = await this.#access.client.send({ ...call, headers: { ...call.headers, ...marks } })
    this.#access.pace.look(answered, false)
    return answered
  }

  async elapse(ms: number): Promise<void> {
    assertPasses(ms, 'a cluster')
    await this.#access.settling.wait()
    await sleep(ms)
  }

  async pods(): Promise<readonly PodStatus[]> {
    throw new NotSupported('pods', 'a gateway endpoint does not tell the pods behind it')
  }

  evidence(): readonly string[] {
    return [...this.#told, ...this.#observer.phrases]
  }

  get telemetry(): Telemetry {
    return this.#observer.telemetry
  }

  notModelled(): readonly string[] {
    return []
  }

  async close(): Promise<void> {
    if (await this.#config?.undo()) this.#access.settling.changed()
  }

  /** What is in place all along cannot be other before a request than after it. */
  #believe(): void {
    if (!this.#access.assumeConfig)
      throw new NotSupported('config', 'nothing says how config gets into place: give --apply-command, or --assume-config if it is there')
    if (this.#hasSent) throw new NotSupported('config', 'the scenario changes the config after a request, which --assume-config cannot do')
  }
}
