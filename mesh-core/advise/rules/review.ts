import { type Inventory, kinds, listOf, specOf } from '../../analyze/inventory.ts'
import type { MeshConfig } from '../../compile/mesh/mesh-config.ts'
import type { VirtualService } from '../../compile/rules/virtual-service.ts'
import { type Box, common, covers, judge, type Point, type Verdict } from '../../cover/cover.ts'
import { Dimensions } from '../../cover/dimension.ts'
import { RouteBoxes } from '../../cover/route-box.ts'
import { Undecided } from '../../cover/undecided.ts'
import { fqdn } from '../../registry/services.ts'
import { audienceOf, writtenHost } from './audience.ts'
import { compileRouteList } from '../../match/route-list.ts'
import { SharedConditions } from '../../match/shared-conditions.ts'
import { pathWithoutQuery } from '../../match/path.ts'
import { actionOf, boxOf, entriesOf, type Entry, nameOf } from './entries.ts'
import { PathNeighbours } from './box-index.ts'
import { Router, type Trial, trialAt } from './trial.ts'

/** What is worked out once for all VirtualServices of an analysis. */
export interface Shared {
  readonly mesh: MeshConfig
  /** Headers come once each, as nearly all do. */
  readonly once: Dimensions
  readonly repeated: Dimensions
  /** Every name of every service is known. */
  readonly knowsNames: boolean
  /** The first port of a service; `undefined` where it is not known. */
  readonly ports: ReadonlyMap<string, number>
}

export function sharedBy(mesh: MeshConfig, inventory: Inventory): Shared {
  const services = inventory.all(kinds.service)
  const ports = services.map((service) => [fqdn(service.name, service.namespace), Number(listOf(specOf(service).ports)[0]?.port ?? 80)] as const)
  // A Service that is another name of one: what clients write in Host is not told by the rules' hosts alone.
  const knowsNames = inventory.isWhole && !services.some((service) => specOf(service).type === 'ExternalName')
  return { mesh, once: new Dimensions(), repeated: new Dimensions(), knowsNames, ports: new Map(ports) }
}

/** `repeated`: only a header that comes several times leads to the entry; the verdict is that for headers that come once. */
export type EntryVerdict = Verdict | { readonly kind: 'repeated'; readonly point: Point; readonly by: readonly number[] }

/** A request that an entry matches, and an earlier one takes. */
export interface Taken {
  readonly trial: Trial
  readonly by: number
}

/** The rules of one VirtualService, looked at as Envoy does: from the first to the last. */
export class Review {
  readonly vs: VirtualService
  readonly entries: readonly Entry[]
  readonly #shared: Shared
  readonly #once: readonly Box[]
  readonly #neighbours: PathNeighbours | null
  readonly #router: Router
  #repeated: readonly Box[] | null = null

  constructor(vs: VirtualService, shared: Shared) {
    this.vs = vs
    this.#shared = shared
    this.entries = entriesOf(vs)
    this.#router = new Router(vs, shared.mesh)
    this.#once = this.#boxes(true)
    this.#neighbours = this.entries.length > worthAnIndex ? new PathNeighbours(this.entries.map(({ compiled }) => compiled.path)) : null
  }

  verdict(index: number): EntryVerdict {
    const before = this.#before(index)
    const verdict = judgeAmong(this.#once, index, before, this.#shared.once)
    if (verdict.kind !== 'dead' || verdict.by.length === 0) return verdict
    if (!this.entries[index]!.compiled.headers.some(({ name }) => !name.startsWith(':')) && !this.#readsHeaders(verdict.by)) return verdict
    const again = judgeAmong((this.#repeated ??= this.#boxes(false)), index, before, this.#shared.repeated)
    return again.kind === 'alive' ? { kind: 'repeated', point: again.point, by: verdict.by } : again
  }

  /** A request that the entry matches and `by` takes, as mesh-core's matcher has confirmed; `null` when there is none, or none is found. */
  taken(index: number, by: number): Taken | null {
    const both = { conditions: [...this.#once[by]!.conditions, ...this.#once[index]!.conditions], opaque: false }
    const earlier = this.#before(by).map((i) => this.#once[i]!)
    const verdict = judge(both, earlier, this.#shared.once)
    if (verdict.kind !== 'alive') return null
    const trial = this.trialAt(verdict.point)
    return this.takerOf(trial) === by ? { trial, by } : null
  }

  /**
   * An earlier entry that takes some of what this one matches, and does something else with it, without being a special case of it; with a request that
   * shows it. `null` where there is none, or none of the first few is shown.
   */
  crossing(index: number): Taken | null {
    let tries = 0
    for (const i of this.#before(index)) {
      if (!this.mayCross(i, index) || actionOf(this.entries[i]!.rule) === actionOf(this.entries[index]!.rule)) continue
      const taken = this.taken(index, i)
      if (taken) return taken
      if (++tries === mostTries) return null
    }
    return null
  }

  /** Whatever the two do. */
  mayCross(earlier: number, index: number): boolean {
    const [one, other] = [this.#once[earlier]!, this.#once[index]!]
    if (one.opaque || other.opaque || this.entries[earlier]!.rule === this.entries[index]!.rule) return false
    if (other.conditions.every((condition) => one.conditions.includes(condition))) return false
    const { once } = this.#shared
    for (const a of one.conditions) for (const b of other.conditions) if (a.dimension === b.dimension && a !== b && once.areApart(a, b)) return false
    try {
      return common([one, other], once) !== null && !covers(other, one, once)
    } catch (error) {
      if (error instanceof Undecided) return false
      throw error
    }
  }

  /** Is there a condition that nothing fulfils? Its dimension; `null` where they only contradict each other. */
  impossible(index: number): string | null {
    const alone = this.#once[index]!.conditions.find((condition) => common([{ conditions: [condition], opaque: false }], this.#shared.once) === null)
    return alone?.dimension.name ?? null
  }

  trialAt(point: Point): Trial {
    return trialAt(point, this.vs, { host: writtenHost(this.vs), port: this.#shared.ports.get(this.vs.hosts[0] ?? '') ?? 80 })
  }

  /** By the routes that are made of the rules, and the data plane's matcher: index of the entry, -1 for none. */
  takerOf(trial: Trial): number {
    const route = this.#router.routeOf(trial)
    return route ? this.entries.findIndex(({ origin, rule }) => rule.origin === route.origin && origin === (route.matchOrigin ?? route.origin)) : -1
  }

  /** The entry that would take it if that one did not. */
  takerWithout({ request }: Trial, index: number): number {
    const matches = this.entries.map(({ compiled }) => ({ match: compiled }))
    const [before, after] = [matches.slice(0, index), matches.slice(index + 1)]
    const path = pathWithoutQuery(request.path)
    const first = compileRouteList(before, new SharedConditions())(request, path)
    if (first >= 0) return first
    const next = compileRouteList(after, new SharedConditions())(request, path)
    return next < 0 ? -1 : index + 1 + next
  }

  isCatchAll(index: number): boolean {
    return this.#once[index]!.conditions.length === 0
  }

  /** Of a rule with one match the rule's name is enough; of another resource than `own` that is named, too. */
  nameOf(index: number, own: string): string {
    const { rule, origin } = this.entries[index]!
    return nameOf((rule.spec.match?.length ?? 0) > 1 ? origin : rule.origin, own)
  }

  #boxes(once: boolean): Box[] {
    const dimensions = once ? this.#shared.once : this.#shared.repeated
    const boxes = new RouteBoxes(dimensions, audienceOf(this.vs, once, this.#shared.knowsNames))
    return this.entries.map((entry) => boxOf(entry, this.vs, boxes, dimensions))
  }

  #before(index: number): readonly number[] {
    return this.#neighbours?.before(index) ?? Array.from({ length: index }, (_, i) => i)
  }

  #readsHeaders(indexes: readonly number[]): boolean {
    return indexes.some((i) => this.entries[i]!.compiled.headers.some(({ name }) => !name.startsWith(':')))
  }
}

/** Shorter lists are read through. */
const worthAnIndex = 64
const mostTries = 8

function judgeAmong(boxes: readonly Box[], index: number, before: readonly number[], dimensions: Dimensions): Verdict {
  const earlier = before.map((i) => boxes[i]!)
  const verdict = judge(boxes[index]!, earlier, dimensions)
  return verdict.kind === 'dead' ? { kind: 'dead', by: verdict.by.map((i) => before[i]!) } : verdict
}
