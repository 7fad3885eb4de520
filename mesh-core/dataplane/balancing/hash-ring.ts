import type { HashTable, WeightedHost } from './hash-table.ts'
import type { UpstreamHost } from './upstream-host.ts'
import type { Hash64 } from './xx-hash.ts'
import { xxHash64 } from './xx-hash.ts'

export interface RingSize {
  readonly minimum: number
  readonly maximum: number
}

/** Points on a ring, each of which takes the hashes up to itself. Source: Envoy `RingHashLoadBalancer::Ring`. */
export function hashRing(hosts: readonly WeightedHost[], size: RingSize): HashTable {
  const points = pointsOf(hosts, size)
  return (hash, attempt) => (points.length === 0 ? null : points[(firstFrom(points, hash) + attempt) % points.length]!.host)
}

interface Point {
  readonly hash: Hash64
  readonly host: UpstreamHost
}

/** The host of the least weight gets a whole number of points; others may get a part of one more, which is carried on to the next. */
function pointsOf(hosts: readonly WeightedHost[], { minimum, maximum }: RingSize): Point[] {
  const least = Math.min(1, ...hosts.map(({ weight }) => weight))
  const scale = Math.min(Math.ceil(least * minimum) / least, maximum)
  const points: Point[] = []
  let target = 0
  for (const { host, weight } of hosts) {
    target += scale * weight
    for (let i = 0; points.length < target; i++) points.push({ hash: xxHash64(`${host.address}_${i}`), host })
  }
  return points.sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0))
}

/** Index of the first point at or behind the hash; behind the last one comes the first. */
function firstFrom(points: readonly Point[], hash: Hash64): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (points[middle]!.hash < hash) low = middle + 1
    else high = middle
  }
  return low % points.length
}
