import type { Difference } from '../vectors/difference.ts'
import type { Document } from './generate/document.ts'
import type { Answered, KnownDifference } from './known-difference.ts'
import { ofOracle } from './known-of-oracle.ts'

export const known: readonly KnownDifference[] = [
  {
    reason: 'a busy machine answers later than a virtual clock',
    covers: ({ field, wanted, seen }) => field === 'durationMs' && Number(wanted) > Number(seen) && Number(wanted) - Number(seen) < 100,
  },
  ...ofOracle.map((one) => ({ ...one, against: 'istiod' as const })),
]

/** Tells which differences of a mesh are known, and counts them. */
export class KnownOf {
  readonly #reasons: readonly KnownDifference[]
  readonly #config: readonly Document[]
  readonly #answers: readonly unknown[]
  readonly #met = new Map<string, Set<string>>()

  /** @param answers of the other side, call by call */
  constructor(other: 'istiod' | 'envoy', config: readonly Document[], answers: readonly unknown[]) {
    this.#reasons = known.filter(({ against }) => against === undefined || against === other)
    this.#config = config
    this.#answers = answers
  }

  readonly covers = (difference: Difference): boolean => {
    const index = /^#(\d+) /.exec(difference.call ?? '')?.[1]
    const answer = (index === undefined ? null : (this.#answers[Number(index)] ?? null)) as Answered['answer']
    const found = this.#reasons.find((reason) => reason.covers(difference, { config: this.#config, answer }))
    if (!found) return false
    this.#met.set(found.reason, (this.#met.get(found.reason) ?? new Set()).add(`${difference.call} ${difference.field}`))
    return true
  }

  /** Fields of calls, by the reason. */
  get counts(): ReadonlyMap<string, number> {
    return new Map([...this.#met].map(([reason, fields]) => [reason, fields.size]))
  }
}
