/** One row of Istio's validation tests: a text, and whether the validator takes it. */
export interface ValidationVector {
  /** `Kind/table/row` */
  readonly name: string
  readonly kind: string
  /** A whole document, a message alone, or one value. */
  readonly scope: 'resource' | 'fragment' | 'scalar'
  readonly yaml: string
  readonly valid: boolean
  /** Whether it warns; absent: not said. */
  readonly warning?: boolean
  /** Further arguments of the validator. */
  readonly args?: Readonly<Record<string, unknown>>
  /** Texts that are too long to write out, by what stands for them. */
  readonly expand?: Readonly<Record<string, { readonly char: string; readonly times: number; readonly then?: 'base64' }>>
  /** Istio's function; `webhook`, `crd-schema`. */
  readonly validator: string
}

export function isValidationVector(item: unknown): item is ValidationVector {
  const { yaml, valid, validator } = (item ?? {}) as Partial<ValidationVector>
  return typeof yaml === 'string' && typeof valid === 'boolean' && typeof validator === 'string'
}

/** The text with what it leaves out. */
export function textOf({ yaml, expand = {} }: ValidationVector): string {
  let text = yaml
  for (const [placeholder, { char, times, then }] of Object.entries(expand)) {
    const long = char.repeat(times)
    text = text.replaceAll(placeholder, then === 'base64' ? Buffer.from(long).toString('base64') : long)
  }
  return text
}
