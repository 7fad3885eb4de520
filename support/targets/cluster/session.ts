import { setTimeout as sleep } from 'node:timers/promises'
import type { Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import type { Call, Load, MeshSession, PodStatus } from '../target.ts'
import { NotSupported } from '../target.ts'
import { evidenceOf } from './evidence.ts'
import type { GatewayClient } from './gateway-client.ts'
import { numbered } from './numbered.ts'
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
}

/** ms that a scenario may ask to pass; a suite that waits longer is run by nobody. */
const longestWaitMs = 60_000

/** A live mesh of which only the gateway's endpoint is known, and perhaps a command that puts config in place. */
export class ClusterSession implements MeshSession {
  readonly #access: ClusterAccess
  /** `null` without a command. */
  readonly #config: ScenarioConfig | null
  #hasSent = false

  constructor(access: ClusterAccess, config: ScenarioConfig | null) {
    this.#access = access
    this.#config = config
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
    if (call.from.kind === 'service')
      throw new NotSupported('in-mesh-calls', `with a gateway endpoint alone ${call.from.service.name} cannot be made to send`)
    await this.#access.settling.wait()
    this.#hasSent = true
    await this.#access.pace.turn()
    const answered = await this.#access.client.send(call)
    this.#access.pace.look(answered, false)
    return { ...answered, ...evidenceOf(answered) }
  }

  async *sendMany(call: Call, { times, concurrency }: Load): AsyncIterable<Exchange> {
    const running = new Map<number, Promise<{ readonly index: number; readonly value: Exchange }>>()
    for (let index = 0; index < times || running.size > 0;) {
      while (running.size < concurrency && index < times) running.set(index, numbered(index++, this.send(call)))
      const ended = await Promise.race(running.values())
      running.delete(ended.index)
      yield ended.value
    }
  }

  async elapse(ms: number): Promise<void> {
    if (ms > longestWaitMs) throw new NotSupported('virtual-time', `a cluster's clock is the wall's, and ${ms / 1000} s is too long to wait`)
    await this.#access.settling.wait()
    await sleep(ms)
  }

  async pods(): Promise<readonly PodStatus[]> {
    throw new NotSupported('pods', 'a gateway endpoint does not tell the pods behind it')
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
