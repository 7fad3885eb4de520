import { editDistance } from './edit-distance.ts'

/** What the user may have meant: `did you mean "match"?`, or the names there are when they are few. */
export function suggestion(written: string, known: readonly string[]): string | null {
  const close = closest(written, known)
  if (close !== null) return `did you mean "${close}"?`
  if (known.length === 0) return null
  const shown = known.slice(0, 20)
  return `known here: ${shown.join(', ')}${known.length > shown.length ? ', …' : ''}`
}

/** @returns `null` where no name is near enough to be meant */
export function closest(written: string, known: readonly string[]): string | null {
  const lower = written.toLowerCase()
  let best: string | null = null
  // A third of the letters may be wrong: short names (v1, v3) are all near each other, and none is meant more than another.
  let bestDistance = Math.floor(written.length / 3) + 1
  for (const name of known) {
    const distance = editDistance(lower, name.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [name, distance]
  }
  return best
}
