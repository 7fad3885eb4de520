import type { Random } from '../../time/random.ts'

/** Ids in the form of a UUID: chance in front, a count at the end, so that they are told apart at little cost. */
export class RequestIds {
  readonly #front: string
  #count = 0

  constructor(random: Random) {
    const digits = Array.from({ length: 18 }, () => random.below(16).toString(16)).join('')
    this.#front = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-8${digits.slice(15)}-`
  }

  next(): string {
    return this.#front + (0x1_0000_0000_0000 + this.#count++).toString(16).slice(1)
  }
}
