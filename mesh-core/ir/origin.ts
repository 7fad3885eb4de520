/**
 * Where a piece of compiled config comes from. Plain data: the line and the column are looked up on demand
 * (`mesh-core/config/locate.ts`), since only an error or an explanation needs them.
 */
export interface Origin {
  /** The file as the user named it; `<inline>` and the like for text that has none. */
  readonly file: string
  /** 0-based index of the YAML document within `file`. */
  readonly document: number
  /** `Kind namespace/name`, e.g. `VirtualService default/reviews`. */
  readonly resource: string
  /** The path inside the document, e.g. `['spec', 'http', 0, 'match', 1]`. */
  readonly path: readonly (string | number)[]
}

/** A place in a text: both are 1-based. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** `spec.http[0].match[1]` */
export function formatPath(path: readonly (string | number)[]): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('')
}
