import type { Difference } from '../vectors/difference.ts'

/** A difference that is not ours to mend. Counted and named at the end of a run, but no failure. */
export interface KnownDifference {
  readonly reason: string
  /** Where it occurs alone; everywhere when absent. */
  readonly against?: 'istiod' | 'envoy'
  covers(difference: Difference): boolean
}

export const known: readonly KnownDifference[] = [
  {
    reason: 'a busy machine answers later than a virtual clock',
    covers: ({ field, wanted, seen }) => field === 'durationMs' && Number(wanted) > Number(seen) && Number(wanted) - Number(seen) < 100,
  },
  {
    reason: 'the client of the target closes its connection after each call, and Envoy says so in its answers',
    against: 'envoy',
    covers: ({ field, wanted, seen }) => field === 'headers.connection' && wanted === 'close' && seen === undefined,
  },
  {
    reason: 'the target tells of a pod by its first port alone',
    against: 'envoy',
    covers: ({ field }) => /^reached\[\d+\]\.port$/.test(field),
  },
  {
    reason: "Envoy writes the address of its first interface into a mirrored request, and on the target that is the machine's own",
    against: 'envoy',
    covers: ({ field }) => /^mirrored\[\d+\]\.headers\.x-forwarded-for$/.test(field),
  },
  {
    reason: 'the target reads bytes beyond ASCII as Latin-1 before they are recorded as such',
    against: 'envoy',
    covers: ({ wanted, seen }) =>
      typeof wanted === 'string' && typeof seen === 'string' && wanted === Buffer.from(seen, 'utf8').toString('latin1') && wanted !== seen,
  },
]

/** Tells which differences are known, and counts them. */
export class KnownOf {
  readonly #reasons: readonly KnownDifference[]
  readonly #met = new Set<string>()

  constructor(other: 'istiod' | 'envoy') {
    this.#reasons = known.filter(({ against }) => against === undefined || against === other)
  }

  readonly covers = (difference: Difference): boolean => {
    const covered = this.#reasons.some((reason) => reason.covers(difference))
    if (covered) this.#met.add(`${difference.call} ${difference.field}`)
    return covered
  }

  /** Fields of calls. */
  get count(): number {
    return this.#met.size
  }
}
