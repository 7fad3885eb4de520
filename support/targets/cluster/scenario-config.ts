import type { KubeObject, Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import { groupOf, isInner, refOf, resourceKey } from '../../../mesh-core/config/resource.ts'
import { NotSupported } from '../target.ts'
import type { ConfigCommands } from './config-commands.ts'
import { documentOf, join, nameOnly, withoutServerFields } from './documents.ts'

/** What one scenario changes in the cluster's config, so that it can be undone. */
export class ScenarioConfig {
  readonly #commands: ConfigCommands
  /** How what was touched was before the scenario: `null` when it was not there, or that is unknown. */
  readonly #before = new Map<string, { readonly ref: ResourceRef; readonly document: string | null }>()
  /** How what was touched is now: `null` when it was deleted. */
  readonly #now = new Map<string, string | null>()

  constructor(commands: ConfigCommands) {
    this.#commands = commands
  }

  /** @returns whether anything had to be changed. @throws {ConfigRejected} or MeshSpecError APPLY_FAILED; what was applied of it is taken back */
  async apply(resources: readonly Resource[]): Promise<boolean> {
    const changes = resources.filter((resource) => !isInner(resource)).map((resource) => ({ ref: refOf(resource), document: documentOf(resource) }))
    const needed = changes.filter(({ ref, document }) => this.#now.get(resourceKey(ref)) !== document)
    if (needed.length === 0) return false
    await this.#remember(needed.map(({ ref }) => ref))
    try {
      await this.#commands.apply(join(needed.map(({ document }) => document)))
    } catch (error) {
      await this.#putBack(needed.map(({ ref }) => ref))
      throw error
    }
    for (const { ref, document } of needed) this.#now.set(resourceKey(ref), document)
    return true
  }

  /** @throws NotSupported for what could not be brought back after the scenario */
  async remove(refs: readonly ResourceRef[]): Promise<void> {
    const foreign = refs.find((ref) => !this.#now.has(resourceKey(ref)))
    if (foreign && !this.#commands.read) throw notRestorable(foreign)
    await this.#remember(refs)
    await this.#commands.remove?.(join(refs.map(nameOnly)))
    for (const ref of refs) this.#now.set(resourceKey(ref), null)
  }

  /** Everything as it was before the scenario. @returns whether anything had to be changed */
  async undo(): Promise<boolean> {
    const touched = [...this.#before.values()]
    await this.#put(touched)
    this.#before.clear()
    this.#now.clear()
    return touched.length > 0
  }

  async #remember(refs: readonly ResourceRef[]): Promise<void> {
    const unknown = refs.filter((ref) => !this.#before.has(resourceKey(ref)))
    if (unknown.length === 0) return
    const found = new Map<string, KubeObject>()
    for (const object of (await this.#commands.read?.(join(unknown.map(nameOnly)))) ?? []) found.set(keyOf(object), object)
    for (const ref of unknown) {
      const object = found.get(resourceKey(ref))
      this.#before.set(resourceKey(ref), { ref, document: object ? JSON.stringify(withoutServerFields(object)) : null })
    }
  }

  /** A command may have applied the first documents of a file and then failed. */
  async #putBack(refs: readonly ResourceRef[]): Promise<void> {
    const states = refs.map((ref) => {
      const now = this.#now.get(resourceKey(ref))
      return now === undefined ? this.#before.get(resourceKey(ref))! : { ref, document: now }
    })
    await this.#put(states)
  }

  async #put(states: readonly { readonly ref: ResourceRef; readonly document: string | null }[]): Promise<void> {
    const gone = states.filter(({ document }) => document === null)
    const there = states.flatMap(({ document }) => document ?? [])
    if (gone.length > 0) await this.#commands.remove?.(join(gone.map(({ ref }) => nameOnly(ref))))
    if (there.length > 0) await this.#commands.apply(join(there))
  }
}

function notRestorable({ kind, namespace, name }: ResourceRef): NotSupported {
  const reason = `${kind} ${namespace}/${name}, which the scenario deletes, is not of the scenario, and no command tells how to bring it back`
  return new NotSupported('config', reason)
}

function keyOf({ apiVersion, kind, metadata }: KubeObject): string {
  return resourceKey({ group: groupOf(apiVersion), kind, name: metadata.name, namespace: metadata.namespace ?? '' })
}
