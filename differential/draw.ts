import { SeededRandom } from '../mesh-core/time/seeded-random.ts'

/** Choices of a generator, decided by one seed. */
export class Draw {
  readonly #random: SeededRandom

  constructor(seed: string) {
    this.#random = new SeededRandom(seed)
  }

  /** @param share between 0 and 1 */
  chance(share: number): boolean {
    return this.#random.next() < share
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.#random.below(choices.length)]!
  }

  /** @returns from `least` to `most` of the choices, each at most once, in their order */
  some<T>(choices: readonly T[], least: number, most: number): T[] {
    const wanted = this.between(least, Math.min(most, choices.length))
    const left = choices.map((_, index) => index)
    const chosen = new Set<number>()
    while (chosen.size < wanted) chosen.add(left.splice(this.#random.below(left.length), 1)[0]!)
    return choices.filter((_, index) => chosen.has(index))
  }

  /** Both ends included. */
  between(least: number, most: number): number {
    return least + this.#random.below(most - least + 1)
  }

  /** The value so often, otherwise nothing: `{ ...draw.maybe(0.2, () => ({ timeout: '1s' })) }`. */
  maybe<T extends object>(share: number, make: () => T): T | Record<string, never> {
    return this.chance(share) ? make() : {}
  }

  /** One so often, otherwise none: `[...draw.perhaps(0.2, () => port)]`. */
  perhaps<T>(share: number, make: () => T): T[] {
    return this.chance(share) ? [make()] : []
  }

  many<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.between(least, most) }, (_, index) => make(index))
  }
}
