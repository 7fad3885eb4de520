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
    reason: 'the oracle knows endpoints by their addresses, and cannot say who those are that a cluster lists by name',
    against: 'istiod',
    covers: ({ field, wanted }) => /^(candidates|reached\[\d+\]\.workload)$/.test(field) && Array.isArray(wanted) && wanted.includes('passthrough'),
  },
  {
    reason:
      'whether a workload refuses connections its program says, which mesh-core asks after the handshake: a certificate that would not do is told first',
    against: 'envoy',
    covers: ({ field, wanted, seen }) =>
      field === 'details' &&
      String(wanted).includes('delayed_connect_error:_Connection_refused') &&
      String(seen).includes('CERTIFICATE_VERIFY_FAILED'),
  },
]

/** Tells which differences are known, and counts them. */
export class KnownOf {
  readonly #reasons: readonly KnownDifference[]
  readonly #met = new Map<string, Set<string>>()

  constructor(other: 'istiod' | 'envoy') {
    this.#reasons = known.filter(({ against }) => against === undefined || against === other)
  }

  readonly covers = (difference: Difference): boolean => {
    const known = this.#reasons.find(({ covers }) => covers(difference))
    if (!known) return false
    this.#met.set(known.reason, (this.#met.get(known.reason) ?? new Set()).add(`${difference.call} ${difference.field}`))
    return true
  }

  /** Fields of calls, by the reason. */
  get counts(): ReadonlyMap<string, number> {
    return new Map([...this.#met].map(([reason, fields]) => [reason, fields.size]))
  }
}
