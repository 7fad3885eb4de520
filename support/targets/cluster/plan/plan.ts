import { stringify } from 'yaml'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { named } from '../kube/objects.ts'
import { mayBringIngress } from '../run/access/cluster-access.ts'
import type { RunSettings } from '../run/access/cluster-access.ts'
import { refOfObject } from '../run/restore/restore.ts'

/** What decides what a run would do. */
export type PlanSettings = Pick<RunSettings, 'gateway' | 'namespaces' | 'deploy' | 'podImage' | 'meshConfig'> & {
  readonly assumeConfig: boolean
  readonly showSecrets: boolean
  readonly applyCommand: string | null
}

/** The text of a plan. */
export class Plan {
  readonly #write: (text: string) => void
  #objects = 0
  #requests = 0
  /** As they were last told. */
  readonly #told = new Map<string, string>()

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  note(text: string): void {
    this.#write(`${text.replace(/^(?=[^\n])/gm, '# ')}\n`)
  }

  apply(object: KubeObject): void {
    const name = named(refOfObject(object))
    const text = stringify(object)
    if (this.#told.get(name) === text) return this.note(`applies ${name}, as above`)
    this.#told.set(name, text)
    this.#objects++
    this.#write(`---\n${text}`)
  }

  /** Once for the run. */
  make(object: KubeObject): void {
    if (!this.#told.has(named(refOfObject(object)))) this.apply(object)
  }

  send(times: number, text: string): void {
    this.#requests += times
    this.note(`sends ${times === 1 ? '' : `${times} × `}${text}`)
  }

  end({ gateway, applyCommand, assumeConfig, ...rest }: PlanSettings): void {
    const byApi = gateway === null || rest.namespaces.length > 0 || rest.deploy
    this.note(
      `\nIn all ${counted(this.#objects, 'object')} and ${counted(this.#requests, 'request')}; statements about shares take as many requests as they need, at most --budget.`,
    )
    if (mayBringIngress({ gateway, ...rest }))
      this.note(
        "Besides: an ingress gateway of the run's own, and a pod that stands for what is outside of the cluster; a ConfigMap meshspec-outside in each namespace\nmakes it the DNS of the run's pods and their proxies, and its authority one that those trust.",
      )
    if (byApi)
      this.note(
        'Besides: the Lease default/meshspec while the run lasts; in each namespace a ServiceEntry and a VirtualService called meshspec-barrier, by which proxies\ntell which config they have (and a Gateway, where config names the ingress gateway or scenarios deploy one). Everything is deleted or put back at the end.',
      )
    else if (applyCommand !== null) this.note(`Config would be put in place by: ${applyCommand}`)
    else if (assumeConfig) this.note('Config would be believed to be in place (--assume-config).')
    this.note('Nothing was applied or sent (--dry-run).')
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
