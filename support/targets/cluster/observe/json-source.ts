/** Who answers questions with JSON: an HTTP API, by its URL or through the API server of its cluster. */
export interface JsonSource {
  /** Without credentials: `Prometheus at http://prometheus:9090`. */
  readonly name: string
  /** @param path below the source's URL: `/api/v1/query` @throws SourceFailure */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>
}

/** `?a=1&b=2`, or nothing. */
export function queryString(query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString()
  return text === '' ? '' : `?${text}`
}
