import type { Settings } from '../../settings.ts'
import { defineTarget } from '../define-target.ts'
import { asSpecified, capabilities } from '../target.ts'
import type { Capability, MeshFacts, ScenarioInfo, Target } from '../target.ts'
import { EnvoyHost } from './envoy-host.ts'
import { findEnvoy } from './find-envoy.ts'
import { EnvoySession } from './session.ts'

/** docs/targets.md says why. */
const missing: readonly Capability[] = ['virtual-time', 'exact-odds']

/** Real Envoy on loopback, one process for all scenarios of this one; a new one after a crash. */
class EnvoyTarget implements Target {
  readonly name = 'envoy'
  readonly capabilities = new Set((Object.keys(capabilities) as Capability[]).filter((capability) => !missing.includes(capability)))
  readonly clock = 'wall'
  readonly #spec: boolean
  #host: Promise<EnvoyHost> | null = null
  #version: string | null = null

  constructor(spec: boolean) {
    this.#spec = spec
  }

  async open({ seed, tags, asksTelemetry = false }: ScenarioInfo): Promise<EnvoySession> {
    return EnvoySession.open(await this.#running(), { seed, spec: this.#spec || tags.includes(asSpecified), asksTelemetry })
  }

  mesh(): MeshFacts {
    return { name: 'Envoy', version: this.#version, notes: ['configured by mesh-core, as istiod would configure it'] }
  }

  async close(): Promise<void> {
    const host = this.#host
    this.#host = null
    await (await host?.catch(() => null))?.stop()
  }

  /** One that has not started would not the next time, either, and every scenario would wait for it: what it said is said again. */
  async #running(): Promise<EnvoyHost> {
    const former = await this.#host
    if (former?.running) return former
    await former?.stop()
    this.#host = findEnvoy().then(({ path, version }) => {
      this.#version = version
      return EnvoyHost.start(path)
    })
    return this.#host
  }
}

export default defineTarget(({ spec }: Pick<Settings, 'spec'>) => new EnvoyTarget(spec))
