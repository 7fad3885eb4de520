import type { PathMatch } from '../../ir/match.ts'

/**
 * Which earlier entries may have a path in common with one? Of a VirtualService with thousands of rules all with all would be too many to look at: so they are
 * found by the text of their path. What this leaves away has certainly no path in common.
 */
export class PathNeighbours {
  /** Exact paths and prefixes as written, in order of text. */
  #sorted: { readonly text: string; readonly index: number }[] | null = null
  readonly #texts: { readonly text: string; readonly index: number }[] = []
  readonly #byPrefix = new Map<string, number[]>()
  readonly #lengths = new Set<number>()
  /** Regexes, and what is looked at in any case. */
  readonly #others: number[] = []
  readonly #paths: readonly PathMatch[]

  constructor(paths: readonly PathMatch[]) {
    this.#paths = paths
    for (const [index, path] of paths.entries()) {
      if (path.kind === 'regex' || path.ignoreCase) {
        this.#others.push(index)
        continue
      }
      const text = path.kind === 'exact' ? path.path : path.prefix
      this.#texts.push({ text, index })
      this.#lengths.add(text.length)
      const known = this.#byPrefix.get(text)
      if (known) known.push(index)
      else this.#byPrefix.set(text, [index])
    }
  }

  /** Indexes below that of the entry, in order. */
  before(index: number): number[] {
    const path = this.#paths[index]!
    if (path.kind === 'regex' || path.ignoreCase) return Array.from({ length: index }, (_, i) => i)
    const text = path.kind === 'exact' ? path.path : path.prefix
    const found = new Set(this.#others)
    for (const length of this.#lengths) if (length <= text.length) for (const i of this.#byPrefix.get(text.slice(0, length)) ?? []) found.add(i)
    if (path.kind !== 'exact') for (const i of this.#beginningWith(text)) found.add(i)
    return [...found].filter((i) => i < index).sort((a, b) => a - b)
  }

  #beginningWith(text: string): number[] {
    const sorted = (this.#sorted ??= this.#texts.toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)))
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]!.text < text) low = middle + 1
      else high = middle
    }
    const found: number[] = []
    while (low < sorted.length && sorted[low]!.text.startsWith(text)) found.push(sorted[low++]!.index)
    return found
  }
}
