/**
 * A function that computes each answer once: the services see the same few texts over and over.
 * Past `limit` different keys it forgets them all, so that no client can fill the memory.
 */
export function remember<V>(limit: number, compute: (key: string) => V): (key: string) => V {
  const known = new Map<string, V>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before
    const value = compute(key)
    if (known.size >= limit) known.clear()
    known.set(key, value)
    return value
  }
}
