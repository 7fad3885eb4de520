/** What the user may have meant: `did you mean "match"?`, or the names there are when they are few. */
export function suggestion(written: string, known: readonly string[]): string | null {
  const close = closest(written, known)
  if (close !== null) return `did you mean "${close}"?`
  if (known.length === 0) return null
  const shown = known.slice(0, 20)
  return `known here: ${shown.join(', ')}${known.length > shown.length ? ', …' : ''}`
}

function closest(written: string, known: readonly string[]): string | null {
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

/** Insertions, removals, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const same = from[i - 1] === to[j - 1] ? 0 : 1
      const best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same)
      next.push(swapped ? Math.min(best, (before[j - 2] ?? 0) + 1) : best)
    }
    before = row
    row = next
  }
  return row[to.length] ?? 0
}
