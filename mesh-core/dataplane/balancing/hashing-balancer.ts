import type { LoadBalancing } from '../../ir/cluster.ts'
import type { Random } from '../../time/random.ts'
import { hashRing } from './hash-ring.ts'
import { normalizedWeights } from './hash-table.ts'
import type { HashTable } from './hash-table.ts'
import type { HostSet } from './host-set.ts'
import type { Balancer, PickContext } from './balancer.ts'
import { maglevTable } from './maglev-table.ts'
import { choosePriority } from './priority-load.ts'
import type { PriorityLoad } from './priority-load.ts'
import type { UpstreamHost } from './upstream-host.ts'
import type { Hash64 } from './xx-hash.ts'

export type HashingPolicy = Extract<LoadBalancing, { kind: 'RING_HASH' | 'MAGLEV' }>

/** The same key goes to the same host. A table is made when it is first asked for. Source: Envoy `ThreadAwareLoadBalancerBase`. */
export class HashingBalancer implements Balancer {
  readonly #policy: HashingPolicy
  readonly #random: Random
  #tables: readonly (HashTable | null)[] = []
  #sets: readonly HostSet[] = []
  #load: PriorityLoad = { loads: [], panics: [] }

  constructor(policy: HashingPolicy, random: Random) {
    this.#policy = policy
    this.#random = random
  }

  refresh(sets: readonly HostSet[], load: PriorityLoad): void {
    this.#sets = sets
    this.#load = load
    this.#tables = sets.map(() => null)
  }

  pick(context: PickContext): UpstreamHost | null {
    const { tried, attempts } = context
    const key = context.hash() ?? this.#draw()
    const priority = this.#sets.length === 1 ? 0 : choosePriority(this.#load.loads, Number(key % 100n))
    const table = this.#tables[priority] ?? this.#tableOf(priority)
    let host = table(key, 0)
    for (let i = 1; i <= attempts && host && tried.includes(host); i++) host = table(key, i)
    return host
  }

  /** A request without a key may go anywhere. */
  #draw(): Hash64 {
    return (BigInt(this.#random.below(2 ** 32)) << 32n) | BigInt(this.#random.below(2 ** 32))
  }

  #tableOf(priority: number): HashTable {
    const { hosts, healthy, localities } = this.#sets[priority]!
    const panics = this.#load.panics[priority]!
    const groups = (localities ?? [{ weight: 1, hosts, healthy }]).map((one) => ({ weight: one.weight, hosts: panics ? one.hosts : one.healthy }))
    const weighted = normalizedWeights(groups)
    const policy = this.#policy
    const table =
      policy.kind === 'MAGLEV'
        ? maglevTable(weighted, policy.tableSize)
        : hashRing(weighted, { minimum: policy.minimumRingSize, maximum: policy.maximumRingSize })
    this.#tables = this.#tables.with(priority, table)
    return table
  }
}
