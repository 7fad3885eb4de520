import type { TextSet } from './text-set.ts'
import { Budget } from './undecided.ts'

/** Characters that texts of a kind are made of, as ranges of code points in order. */
export type Alphabet = readonly (readonly [first: number, last: number])[]

/** Combinations of states that are looked at for one question. */
const most = 20_000

/**
 * The shortest text that is in all of `within` and in none of `without`; `null` when there is none, which is certain then.
 * @throws Undecided when that is too long a way
 */
export function findText(within: readonly TextSet[], without: readonly TextSet[], alphabet: Alphabet): string | null {
  const sets = [...within, ...without]
  const letters = representatives(sets, alphabet)
  const budget = new Budget(most)
  const start = sets.map((set) => set.start)
  const seen = new Set([start.join()])
  let front: { readonly states: readonly number[]; readonly text: string }[] = [{ states: start, text: '' }]
  const isWithin = (states: readonly number[]): boolean => sets.every((set, i) => set.accepts(states[i]!) === i < within.length)
  const mayLead = (states: readonly number[]): boolean => sets.every((set, i) => set.fate(states[i]!) !== (i < within.length ? 'none' : 'all'))
  while (front.length > 0) {
    const found = front.find(({ states }) => isWithin(states))
    if (found) return found.text
    const next: typeof front = []
    for (const { states, text } of front.filter((one) => mayLead(one.states)))
      for (const letter of letters) {
        const after = sets.map((set, i) => set.step(states[i]!, letter))
        const key = after.join()
        if (seen.has(key)) continue
        budget.spend()
        seen.add(key)
        next.push({ states: after, text: text + String.fromCodePoint(letter) })
      }
    front = next
  }
  return null
}

/** Of each range of characters that nobody tells apart one, such as people write if there is one; in the order of their liking. */
function representatives(sets: readonly TextSet[], alphabet: Alphabet): number[] {
  const edges = [...new Set([...sets.flatMap(({ boundaries }) => boundaries), ...alphabet.flatMap(([first, last]) => [first, last + 1])])].sort(
    (a, b) => a - b,
  )
  const chosen = edges
    .map((first, i) => ({ first, last: (edges[i + 1] ?? 0x110000) - 1 }))
    .filter(({ first }) => alphabet.some(([from, to]) => first >= from && first <= to))
    .map(({ first, last }) => liked.find((letter) => letter >= first && letter <= last) ?? first)
  return chosen.sort((a, b) => rank(a) - rank(b))
}

const liked = [...'xabcdefghijklmnopqrstuvwyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./'].map((letter) => letter.codePointAt(0)!)

function rank(letter: number): number {
  const at = liked.indexOf(letter)
  return at < 0 ? liked.length + letter : at
}
