import { capabilities } from '../../target.ts'
import type { Capability, MeshSession, ScenarioInfo, Target } from '../../target.ts'
import { NamespaceMap } from '../run/access/namespace-map.ts'
import { Plan } from './plan.ts'
import type { PlanSettings } from './plan.ts'
import { PlanSession } from './plan-session.ts'

/** Stands for the run's own, which is drawn when it begins. */
const runId = 'dry-run'

/**
 * Says what a run would apply and send, as a stream of YAML whose comments are the requests. It opens no connection: not to the cluster, not to a gateway, and
 * holds no Lease.
 */
export class PlanTarget implements Target {
  readonly name = 'cluster'
  // Nothing is waited for, and each load is told at once.
  readonly clock = 'virtual'
  readonly capabilities: ReadonlySet<Capability> = new Set(Object.keys(capabilities) as Capability[])
  readonly #settings: PlanSettings
  readonly #namespaces: NamespaceMap
  readonly #plan: Plan

  constructor(settings: PlanSettings, write: (text: string) => void = (text) => void process.stdout.write(text)) {
    this.#settings = settings
    this.#namespaces = new NamespaceMap(`meshspec-${runId}`, settings.namespaces)
    this.#plan = new Plan(write)
  }

  async open({ name, uri }: ScenarioInfo): Promise<MeshSession> {
    this.#plan.note(`\nScenario: ${name} (${uri})`)
    return new PlanSession({ settings: this.#settings, namespaces: this.#namespaces, plan: this.#plan, run: runId })
  }

  async close(): Promise<void> {
    this.#plan.end(this.#settings)
  }
}
