import { fqdnOf } from '../../analyze/hosts.ts'
import { type Inventory, kinds, listOf, specOf, textsOf } from '../../analyze/inventory.ts'
import type { Resource } from '../../config/resource.ts'
import { Sources } from '../rules/entries.ts'
import { Review, sharedBy } from '../rules/review.ts'
import type { Trial } from '../rules/trial.ts'
import { rulesOf } from '../rules/virtual-services.ts'
import { Stage, type Staging } from '../stage.ts'

/** A rule with a request that comes to it. */
export interface RuleTrial {
  readonly review: Review
  readonly entry: number
  readonly trial: Trial
}

/** Finds requests that come to a rule, and sets the stage for them. One for each analysis. */
export class RuleTrials {
  readonly #mesh: Inventory
  readonly #reviews = new Map<string, Review[]>()
  readonly #lazy = new Map<string, (() => Review)[]>()
  readonly #sources: Sources
  readonly #destinationRules = new Map<string, Resource[]>()

  private constructor(mesh: Inventory) {
    this.#mesh = mesh
    const { mesh: config, virtualServices } = rulesOf(mesh)
    const shared = sharedBy(config, mesh)
    this.#sources = new Sources(mesh.all(kinds.virtualService))
    for (const vs of virtualServices.filter(({ semantics }) => semantics === 'istio')) {
      const make = once(() => new Review(vs, shared))
      for (const resource of new Set([vs.origin.resource, ...vs.rules.map(({ origin }) => origin.resource)]))
        this.#lazy.set(resource, [...(this.#lazy.get(resource) ?? []), make])
    }
    for (const rule of mesh.all(kinds.destinationRule)) append(this.#destinationRules, fqdnOf(String(specOf(rule).host), rule.namespace), rule)
  }

  static #of = new WeakMap<Inventory, RuleTrials>()

  static of(mesh: Inventory): RuleTrials {
    const known = RuleTrials.#of.get(mesh) ?? new RuleTrials(mesh)
    RuleTrials.#of.set(mesh, known)
    return known
  }

  /** A request that comes to `spec.http[index]`, by its `match[match]` if that is given; `null` when none is found. */
  comesTo(resource: Resource, index: number, match: number | null = null): RuleTrial | null {
    for (const review of this.#reviewsOf(resource))
      for (const [entry, { rule, origin }] of review.entries.entries()) {
        if (!isPlace(rule.origin, resource, index) || (match !== null && origin.path.at(-1) !== match)) continue
        const verdict = review.verdict(entry)
        if (verdict.kind !== 'alive') continue
        const trial = review.trialAt(verdict.point)
        if (review.takerOf(trial) === entry) return { review, entry, trial }
      }
    return null
  }

  stage({ review }: Pick<RuleTrial, 'review'>, trial: Trial, staging: Partial<Staging> = {}): Stage {
    const origins = [review.vs.origin, ...review.vs.rules.map(({ origin }) => origin)]
    const rules = [...new Set(origins.flatMap((origin) => this.#sources.of({ ...origin, path: [] })?.resource ?? []))]
    return new Stage({ mesh: this.#mesh, ...staging, rules: [...rules, ...this.destinationRules(rules)] }, trial)
  }

  /** Those of hosts that the rules name. */
  destinationRules(rules: readonly Resource[]): Resource[] {
    const hosts = rules.flatMap(
      (rule) =>
      [...textsOf(specOf(rule).hosts), ...listOf(specOf(rule).http).flatMap(({ route }) => listOf(route).map(({ destination }) => String(destination?.host)))].map((host) => fqdnOf(host, rule.namespace)), // prettier-ignore
    )
    return [...new Set(hosts)].flatMap((host) => this.#destinationRules.get(host) ?? [])
  }

  #reviewsOf(resource: Resource): Review[] {
    const { resource: name } = resource.origin
    const known = this.#reviews.get(name) ?? (this.#lazy.get(name) ?? []).map((make) => make())
    this.#reviews.set(name, known)
    return known
  }
}

function isPlace(
  origin: { readonly file: string; readonly document: number; readonly path: readonly (string | number)[] },
  resource: Resource,
  index: number,
): boolean {
  return (
    origin.file === resource.origin.file &&
    origin.document === resource.origin.document &&
    origin.path.at(-1) === index &&
    origin.path.at(-2) === 'http'
  )
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: make() }).value
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}
