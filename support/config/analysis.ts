import { adviceTypes } from '../../mesh-core/advise/advice-types.ts'
import { advise } from '../../mesh-core/advise/advise.ts'
import { analyze } from '../../mesh-core/analyze/analyze.ts'
import { describeMessage } from '../../mesh-core/analyze/describe.ts'
import { Inventory } from '../../mesh-core/analyze/inventory.ts'
import type { Message } from '../../mesh-core/analyze/message.ts'
import { messageTypes } from '../../mesh-core/analyze/message-types.ts'
import { keyOf, type Resource } from '../../mesh-core/config/resource.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { isCalled, namesOf } from '../sentences/is-called.ts'

/** What an expert would warn of in all that a scenario's mesh has. */
export class Analysis {
  readonly #resources: readonly Resource[]
  readonly #messages: readonly Message[]
  readonly #advice: readonly Message[]

  /** @param advice what `istioctl` has no code for */
  constructor(resources: readonly Resource[], advice: readonly Message[] = []) {
    this.#resources = resources
    this.#messages = analyze(inventoryOf(resources))
    this.#advice = advice
  }

  static async of(resources: readonly Resource[]): Promise<Analysis> {
    return new Analysis(resources, await advise(inventoryOf(resources)))
  }

  /** @param name may hold the namespace: `prod/reviews`, `reviews.prod`. @throws StatementFailed with what is reported instead */
  expectReported(code: string, kind: string, name: string): void {
    if (!Object.values({ ...messageTypes, ...adviceTypes }).some((type) => type.code === code))
      throw new StatementFailed(`no analyzer reports ${code}; docs/errors.md has the codes.`)
    const about = [...this.#messages, ...this.#advice].filter(({ resource }) => isCalled(resource, kind, name))
    if (about.some((message) => message.code === code)) return
    const unknown = this.#resources.some((resource) => isCalled(resource, kind, name))
      ? ''
      : ` There is no such ${kind}; of this kind there is ${namesOf(this.#resources, kind)}.`
    throw new StatementFailed(
      `the analysis does not report ${code} for ${kind} ${JSON.stringify(name)}; of that it reports${listed(about)}${unknown}`,
    )
  }

  /** By the codes of `istioctl analyze`. @throws StatementFailed with what is reported of one of the resources, and where there are none: nobody has looked then */
  expectNothing(resources: readonly Resource[]): void {
    if (resources.length === 0) throw new StatementFailed('no config was given before this step, so there is nothing that an analysis could report.')
    const keys = new Set(resources.map(keyOf))
    const about = this.#messages.filter(({ resource }) => keys.has(keyOf(resource)))
    if (about.length > 0) throw new StatementFailed(`the analysis reports${listed(about)}`)
  }
}

function inventoryOf(resources: readonly Resource[]): Inventory {
  return new Inventory(resources, { nowMs: Date.now(), manifests: true })
}

function listed(messages: readonly Message[]): string {
  return messages.length === 0 ? ' nothing.' : `:\n${messages.map((message) => `  ${describeMessage(message)}`).join('\n')}`
}
