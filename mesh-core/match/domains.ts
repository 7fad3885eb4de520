/** Finds the most specific of many domain patterns in a time that does not grow with their number. */
export interface DomainIndex<T> {
  /** @param host `null` for a request that has lost its Host: that finds what is for all hosts, if there is nothing else */
  find(host: string | null): T | null
}

/**
 * Exact name, then the longest `*.suffix`, then the longest `prefix.*`, then `*`; case plays no part. Of equal domains the first one stays.
 * Source: Envoy `RouteMatcher::findVirtualHost`.
 */
export function indexDomains<T>(entries: Iterable<readonly [domain: string, value: T]>): DomainIndex<T> {
  const exact = new Map<string, T>()
  const suffixes = new Wildcards<T>((host, length) => host.slice(host.length - length))
  const prefixes = new Wildcards<T>((host, length) => host.slice(0, length))
  let rest: T | null = null
  for (const [written, value] of entries) {
    const domain = written.toLowerCase()
    if (domain === '*') rest ??= value
    else if (domain.startsWith('*')) suffixes.add(domain.slice(1), value)
    else if (domain.endsWith('*')) prefixes.add(domain.slice(0, -1), value)
    else if (!exact.has(domain)) exact.set(domain, value)
  }
  return {
    find(host) {
      if (host === null) return exact.size === 0 && suffixes.isEmpty && prefixes.isEmpty ? rest : null
      // Nearly every host is in lower case and known by its exact name: then nothing is allocated.
      const known = exact.get(host)
      if (known !== undefined) return known
      const lower = host.toLowerCase()
      return exact.get(lower) ?? suffixes.find(lower) ?? prefixes.find(lower) ?? rest
    },
  }
}

/** Patterns by length: a host is cut to each length that occurs, longest first, and looked up. */
class Wildcards<T> {
  readonly #byLength = new Map<number, Map<string, T>>()
  readonly #cut: (host: string, length: number) => string
  #lengths: number[] = []

  constructor(cut: (host: string, length: number) => string) {
    this.#cut = cut
  }

  get isEmpty(): boolean {
    return this.#lengths.length === 0
  }

  add(fixed: string, value: T): void {
    let values = this.#byLength.get(fixed.length)
    if (!values) {
      values = new Map()
      this.#byLength.set(fixed.length, values)
      this.#lengths = [...this.#byLength.keys()].sort((one, other) => other - one)
    }
    if (!values.has(fixed)) values.set(fixed, value)
  }

  /** The asterisk stands for one character at least. */
  find(host: string): T | undefined {
    for (const length of this.#lengths) {
      if (length >= host.length) continue
      const value = this.#byLength.get(length)!.get(this.#cut(host, length))
      if (value !== undefined) return value
    }
    return undefined
  }
}
