import type { KubeConfig } from '@kubernetes/client-node'
import { PodAgent } from './agent.ts'
import { podKey } from './pod.ts'
import type { Pod } from './pod.ts'

/** One agent for each pod that is asked for anything, started when it first is. */
export class PodAgents {
  readonly #config: KubeConfig
  readonly #started = new Map<string, Promise<PodAgent>>()

  constructor(config: KubeConfig) {
    this.#config = config
  }

  /** @throws MeshSpecError, NotSupported */
  async of(pod: Pod): Promise<PodAgent> {
    const key = podKey(pod)
    const known = await this.#started.get(key)
    if (known?.isAlive) return known
    const starting = PodAgent.start(this.#config, pod)
    this.#started.set(key, starting)
    starting.catch(() => this.#started.delete(key))
    return starting
  }

  async close(): Promise<void> {
    for (const agent of await Promise.allSettled(this.#started.values())) if (agent.status === 'fulfilled') agent.value.close()
    this.#started.clear()
  }
}
