/** The known name that one may have been meant for; `undefined` when none is near. */
export function meantBy(name: string, known: readonly string[]): string | undefined {
  const bound = name.length < 5 ? 1 : 2
  const near = known.map((other) => ({ other, far: distance(other, name) })).filter(({ far }) => far <= bound)
  return near.toSorted((a, b) => a.far - b.far)[0]?.other
}

/** Levenshtein distance. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
