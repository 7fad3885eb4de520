import type { HashTable, WeightedHost } from './hash-table.ts'
import type { UpstreamHost } from './upstream-host.ts'
import { xxHash64 } from './xx-hash.ts'

/**
 * Each host takes the places of the table in an order of its own, all of them in turn; a lighter host sits turns out.
 * Source: Envoy `MaglevTable::constructMaglevTableInternal`.
 * @param size a prime
 */
export function maglevTable(hosts: readonly WeightedHost[], size: number): HashTable {
  if (hosts.length === 0) return () => null
  const places = fill(hosts, size)
  // Another attempt flips nearly all bits.
  const flip = (attempt: number) => (attempt === 0 ? 0n : BigInt.asUintN(64, -BigInt(attempt)))
  return (hash, attempt) => places[Number((hash ^ flip(attempt)) % BigInt(size))]!
}

interface Candidate {
  readonly host: UpstreamHost
  readonly weight: number
  readonly skip: number
  place: number
  /** When it may take its next place. */
  target: number
}

function fill(hosts: readonly WeightedHost[], size: number): UpstreamHost[] {
  const heaviest = Math.max(...hosts.map(({ weight }) => weight))
  const candidates = inOrderOfKeys(hosts).map((one) => candidateOf(one, size))
  const places: (UpstreamHost | undefined)[] = new Array(size).fill(undefined)
  let left = size
  for (let turn = 1; left > 0; turn++)
    for (const candidate of candidates) {
      if (left === 0) break
      if (turn * candidate.weight < candidate.target) continue
      candidate.target += heaviest
      while (places[candidate.place]) step(candidate, size)
      places[candidate.place] = candidate.host
      step(candidate, size)
      left--
    }
  return places as UpstreamHost[]
}

/** The table must not depend on the order in which hosts are told. */
function inOrderOfKeys(hosts: readonly WeightedHost[]): WeightedHost[] {
  return [...hosts].sort((a, b) => (a.host.address < b.host.address ? -1 : a.host.address > b.host.address ? 1 : 0))
}

function candidateOf({ host, weight }: WeightedHost, size: number): Candidate {
  const place = Number(xxHash64(host.address) % BigInt(size))
  // Of a table of one place Envoy would divide by zero, and die.
  const skip = Number(xxHash64(host.address, 1n) % BigInt(Math.max(1, size - 1))) + 1
  return { host, weight, place, skip, target: 0 }
}

function step(candidate: Candidate, size: number): void {
  candidate.place = (candidate.place + candidate.skip) % size
}
