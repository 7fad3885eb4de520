import type { Random } from './random.ts'

/** xoshiro128** (Blackman and Vigna, 2018): period 2^128 - 1, four words of state, passes BigCrush. */
export class SeededRandom implements Random {
  readonly #seed: string
  #a: number
  #b: number
  #c: number
  #d: number

  /** @param seed numbers and texts are told apart by their digits alone: 1 and '1' are the same seed */
  constructor(seed: number | string) {
    this.#seed = String(seed)
    const word = wordsOf(this.#seed)
    this.#a = word()
    this.#b = word()
    this.#c = word()
    // A state of zeros only would stay so for ever.
    this.#d = word() | 1
  }

  next(): number {
    return this.#word() / 0x1_0000_0000
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  fork(name: string): Random {
    return new SeededRandom(`${this.#seed}/${name}`)
  }

  #word(): number {
    const scaled = Math.imul(this.#b, 5)
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9)
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return result >>> 0
  }
}

/** Spreads a text over any number of 32-bit words (xmur3 by bryc), so that similar seeds start far apart. */
function wordsOf(text: string): () => number {
  let hash = 1779033703 ^ text.length
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 3432918353)
    hash = (hash << 13) | (hash >>> 19)
  }
  return () => {
    hash = Math.imul(hash ^ (hash >>> 16), 2246822507)
    hash = Math.imul(hash ^ (hash >>> 13), 3266489909)
    hash ^= hash >>> 16
    return hash
  }
}
