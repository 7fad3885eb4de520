import { DeadlineSchedule } from './deadline-schedule.ts'
import { hostPicker } from './host-picker.ts'
import type { Cursor, HostPicker, PickerSources, SpreadingPolicy } from './host-picker.ts'
import { effectiveWeight } from './host-set.ts'
import type { HostSet } from './host-set.ts'
import type { Balancer, PickContext } from './balancer.ts'
import { choosePriority } from './priority-load.ts'
import type { PriorityLoad } from './priority-load.ts'
import type { UpstreamHost } from './upstream-host.ts'

/** Spreads requests over hosts, each like the next: a priority, then a locality, then a host. Source: Envoy `ZoneAwareLoadBalancerBase`, `EdfLoadBalancerBase`. */
export class SpreadingBalancer implements Balancer {
  readonly #policy: SpreadingPolicy
  readonly #sources: PickerSources
  readonly #cursors = new Map<string, Cursor>()
  #start: number | null = null
  #pickers: readonly (HostPicker | null)[] = []
  #sets: readonly HostSet[] = []
  #load: PriorityLoad = { loads: [], panics: [] }

  constructor(policy: SpreadingPolicy, sources: PickerSources) {
    this.#policy = policy
    this.#sources = sources
  }

  refresh(sets: readonly HostSet[], load: PriorityLoad): void {
    this.#sets = sets
    this.#load = load
    this.#pickers = sets.map(() => null)
  }

  pick(context: PickContext): UpstreamHost | null {
    const { tried, attempts } = context
    let host = this.#pickOnce(context)
    for (let i = 0; i < attempts && host && tried.includes(host); i++) host = this.#pickOnce(context)
    return host
  }

  #pickOnce(context: PickContext): UpstreamHost | null {
    const priority = this.#sets.length === 1 ? 0 : this.#choosePriority(context)
    const picker = this.#pickers[priority] ?? this.#pickerOf(priority)
    return picker()
  }

  #choosePriority(context: PickContext): number {
    const { loads } = this.#load
    return choosePriority(context.loads?.(this.#sets, loads) ?? loads, this.#sources.random.below(100))
  }

  #pickerOf(priority: number): HostPicker {
    const picker = this.#newPicker(priority)
    this.#pickers = this.#pickers.with(priority, picker)
    return picker
  }

  #newPicker(priority: number): HostPicker {
    const set = this.#sets[priority]!
    if (this.#load.panics[priority]) return this.#among(set.hosts, `${priority}/all`)
    const byLocality = set.localities && this.#byLocality(set.localities, priority)
    return byLocality ?? this.#among(set.healthy, `${priority}/healthy`)
  }

  /** Localities take turns by their weights. `null` when none has a host left. Source: Envoy `LocalityWrr`. */
  #byLocality(localities: NonNullable<HostSet['localities']>, priority: number): HostPicker | null {
    const weighted = localities
      .map((locality, i) => ({ weight: effectiveWeight(locality), picker: this.#among(locality.healthy, `${priority}/${i}`) }))
      .filter(({ weight }) => weight > 0)
    if (weighted.length === 0) return null
    const schedule = new DeadlineSchedule(weighted, ({ weight }) => weight, this.#sources.random.below(2 ** 31))
    return () => schedule.pick().picker()
  }

  #among(hosts: readonly UpstreamHost[], source: string): HostPicker {
    // Where rounds begin is drawn once for all of them, so that many proxies do not all begin with the same host.
    this.#start ??= this.#sources.random.below(2 ** 31)
    const cursor = this.#cursors.get(source) ?? { next: this.#start, start: this.#start }
    this.#cursors.set(source, cursor)
    return hostPicker(this.#policy, hosts, cursor, this.#sources)
  }
}
