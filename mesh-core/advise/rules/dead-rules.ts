import { type Inventory, kinds, listOf, specOf } from '../../analyze/inventory.ts'
import type { Evidence, Related } from '../../analyze/message.ts'
import { meshConfigOf } from '../../compile/mesh/mesh-config.ts'
import { type VirtualService, virtualServiceOf } from '../../compile/rules/virtual-service.ts'
import type { Resource } from '../../config/resource.ts'
import type { Origin } from '../../ir/origin.ts'
import type { Advise, Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { actionOf, type Entry, Sources } from './entries.ts'
import { type EntryVerdict, Review, type Shared, sharedBy } from './review.ts'
import { evidenceOf } from './trial.ts'
import { isLinked, linkedRules, ruleKinds } from './virtual-services.ts'
import { whyTaken } from './words.ts'

/** `http` rules and matches that no request comes to, with what takes their requests; and rules that have to share theirs with earlier ones. */
export const deadRules: Adviser = {
  name: 'rules.DeadRules',
  inputs: ruleKinds,
  advise(mesh, advise) {
    const config = meshConfigOf(mesh.all(kinds.meshConfig))
    const shared = sharedBy(config, mesh)
    const sources = new Sources(mesh.everything)
    for (const { review, verdicts } of reviewPlain(mesh, shared)) new Telling(review, verdicts, new Set(), sources, advise).tell()
    const linked = linkedRules(mesh, config).map((vs) => reviewOf(new Review(vs, shared)))
    const alive = new Set(linked.flatMap((one) => one.alive))
    for (const { review, verdicts } of linked) new Telling(review, verdicts, alive, sources, advise).tell()
  },
}

/** Of conditions that many VirtualServices have in common, and of which nothing is to be told whatever the rules do, one look is enough. */
function* reviewPlain(mesh: Inventory, shared: Shared): Generator<Reviewed> {
  const quiet = new Set<string>()
  for (const resource of mesh.all(kinds.virtualService)) {
    if (isLinked(resource)) continue
    const pattern = patternOf(resource)
    if (quiet.has(pattern)) continue
    const one = reviewOf(new Review(virtualServiceOf(resource), shared))
    if (isQuiet(one)) quiet.add(pattern)
    else yield one
  }
}

/** All that its rules match. */
function patternOf(resource: Resource): string {
  const { gateways, http } = specOf(resource)
  return JSON.stringify([gateways && [resource.namespace, gateways], listOf(http).map(({ match }) => match ?? 0)])
}

/** Long ones are seldom alike; and what clients write in Host is another text for each of them. */
function isQuiet({ review, verdicts }: Reviewed): boolean {
  const { entries } = review
  if (entries.length > longest || entries.some(({ compiled }) => compiled.headers.some(({ name }) => name === ':authority' || name === 'host')))
    return false
  return verdicts.every(({ kind }) => kind === 'alive') && !entries.some((_, i) => entries.slice(0, i).some((__, j) => review.mayCross(j, i)))
}

const longest = 50

interface Reviewed {
  readonly review: Review
  readonly verdicts: readonly EntryVerdict[]
  /** Rules and matches that requests come to, where they occur in several VirtualServices: what is dead in one of them may be alive in another. */
  readonly alive: readonly string[]
}

function reviewOf(review: Review): Reviewed {
  const verdicts = review.entries.map((_, i) => review.verdict(i))
  return { review, verdicts, alive: isShared(review.vs) ? keysOfAlive(review, verdicts) : [] }
}

/** Rules of delegates, and those of routes with several hosts or parents, occur more than once. */
function isShared({ semantics, rules, origin }: VirtualService): boolean {
  return semantics !== 'istio' || rules.some((rule) => rule.origin.resource !== origin.resource)
}

function keysOfAlive({ entries }: Review, verdicts: readonly EntryVerdict[]): string[] {
  return entries.flatMap(({ rule, origin }, i) => (verdicts[i]!.kind === 'dead' ? [] : [keyOf(origin), keyOf(rule.origin)]))
}

function keyOf({ file, document, path }: Origin): string {
  return `${file} ${document} ${path.join('.')}`
}

/** Says of one VirtualService what was found. */
class Telling {
  readonly #review: Review
  readonly #verdicts: readonly EntryVerdict[]
  readonly #alive: ReadonlySet<string>
  readonly #sources: Sources
  readonly #advise: Advise
  /** The resource that is spoken of. */
  #own = ''

  constructor(review: Review, verdicts: readonly EntryVerdict[], alive: ReadonlySet<string>, sources: Sources, advise: Advise) {
    this.#review = review
    this.#verdicts = verdicts
    this.#alive = alive
    this.#sources = sources
    this.#advise = advise
  }

  tell(): void {
    const byRule = new Map<Entry['rule'], number[]>()
    for (const [i, { rule }] of this.#review.entries.entries()) byRule.set(rule, [...(byRule.get(rule) ?? []), i])
    for (const indexes of byRule.values()) this.#tellRule(indexes)
  }

  #tellRule(indexes: readonly number[]): void {
    const { rule } = this.#review.entries[indexes[0]!]!
    this.#own = rule.origin.resource
    const dead = indexes.filter((i) => this.#verdicts[i]!.kind === 'dead')
    if (dead.length === indexes.length) return this.#alive.has(keyOf(rule.origin)) ? undefined : this.#tellDead(dead, rule.origin, true)
    for (const i of dead) {
      const { origin } = this.#review.entries[i]!
      if (!this.#alive.has(keyOf(origin))) this.#tellDead([i], origin, false)
    }
    for (const i of indexes) this.#tellDoubts(i)
    if (this.#review.vs.semantics === 'istio') this.#tellShadowed(indexes.filter((i) => this.#verdicts[i]!.kind === 'alive'))
  }

  #tellDead(indexes: readonly number[], origin: Origin, whole: boolean): void {
    const place = this.#sources.of(origin)
    const by = [...new Set(indexes.flatMap((i) => this.#takersOf(i)))].sort((a, b) => a - b)
    const why = by.length === 0 ? this.#whyNothing(indexes[0]!) : this.#whyTaken(by)
    const proof = indexes.flatMap((i) => this.#takersOf(i).flatMap((taker) => this.#proofOf(i, taker)))
    // What no request shows is not told.
    if (!place || (by.length > 0 && proof.length === 0)) return
    const harmless = by.length > 0 && by.every((i) => actionOf(this.#rule(i)) === actionOf(this.#rule(indexes[0]!)))
    const hint = by.length === 0 ? null : this.#hintFor(indexes[0]!, by, harmless)
    const type = whole ? adviceTypes.deadRule : adviceTypes.deadMatch
    this.#advise({
      type,
      args: [why],
      ...place,
      hint,
      proof: proof.slice(0, mostProofs),
      related: this.#related(by),
      ...(harmless && { level: 'info' }),
    })
  }

  #hintFor(index: number, by: readonly number[], harmless: boolean): string {
    if (harmless) return 'remove it: what it would do is done already'
    if (this.#review.vs.semantics !== 'istio') return 'remove it, or let it match something more special: the order of rules is not that of the file'
    const isCatchAll = (this.#rule(index).spec.match?.length ?? 0) === 0
    return isCatchAll ? `remove it, or let ${this.#nameOf(by[0]!)} match less` : `move it before ${this.#nameOf(by[0]!)}, or remove it`
  }

  #tellDoubts(index: number): void {
    const verdict = this.#verdicts[index]!
    if (verdict.kind === 'undecided') this.#tellUndecided(index)
    if (verdict.kind === 'repeated') this.#tellRepeated(index, verdict.by)
  }

  #tellUndecided(index: number): void {
    const { origin } = this.#review.entries[index]!
    const place = this.#sources.of(origin)
    if (place) this.#advise({ type: adviceTypes.undecidedRule, args: ['the conditions of it and of earlier rules are too many, or ask for :path'], ...place }) // prettier-ignore
  }

  /** Without a header twice nobody comes here, which is hardly meant. */
  #tellRepeated(index: number, by: readonly number[]): void {
    const place = this.#sources.of(this.#review.entries[index]!.origin)
    const proof = by.flatMap((taker) => this.#proofOf(index, taker)).slice(0, mostProofs)
    if (!place || proof.length === 0) return
    const args: [string] = [`only requests that send a header more than once come here: ${this.#whyTaken(by)}`]
    this.#advise({ type: adviceTypes.shadowedRule, args, ...place, proof, related: this.#related(by), level: 'warning' })
  }

  /** Once for a rule. The order of routes of the Gateway API and of Ingresses is not that of a file: there it is as it has to be. */
  #tellShadowed(indexes: readonly number[]): void {
    for (const index of indexes) {
      const taken = this.#review.crossing(index)
      const place = this.#sources.of(this.#review.entries[index]!.origin)
      if (!taken || !place) continue
      const name = this.#nameOf(taken.by)
      this.#advise({
        type: adviceTypes.shadowedRule,
        args: [`what matches both this and ${name} goes to ${name}`],
        ...place,
        proof: [evidenceOf(taken.trial, this.#review.vs.gateways, `${name} takes it`)],
        related: this.#related([taken.by]),
      })
      return
    }
  }

  /** Matches of the rule itself are no reason to say more than that. */
  #takersOf(index: number): readonly number[] {
    const verdict = this.#verdicts[index]!
    return verdict.kind === 'dead' ? verdict.by : []
  }

  #proofOf(index: number, by: number): Evidence[] {
    const taken = this.#review.taken(index, by)
    return taken ? [evidenceOf(taken.trial, this.#review.vs.gateways, `${this.#nameOf(by)} takes it`)] : []
  }

  #whyTaken(by: readonly number[]): string {
    return whyTaken(by.map((i) => this.#nameOf(i)))
  }

  #whyNothing(index: number): string {
    const dimension = this.#review.impossible(index)
    if (dimension === 'path') return 'no path is like that; a path begins with "/", and has no query'
    if (dimension?.startsWith(':authority')) return 'no Host header that leads to these rules is like that'
    if (dimension?.startsWith('gateway')) return 'its gateways are none that the rules are bound to'
    return dimension === null ? 'its conditions contradict each other' : `no ${dimension.replace(/^:/, '')} is like that`
  }

  #rule(index: number): Entry['rule'] {
    return this.#review.entries[index]!.rule
  }

  #nameOf(index: number): string {
    return this.#review.nameOf(index, this.#own)
  }

  #related(by: readonly number[]): Related[] {
    return by.flatMap((i) => this.#sources.of(this.#review.entries[i]!.origin) ?? [])
  }
}

const mostProofs = 3
