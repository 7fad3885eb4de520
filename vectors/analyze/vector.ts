interface InputFile {
  readonly file: string
  readonly yaml: string
}

/** One case of the tests of `istioctl analyze`: files, one analyzer, and all that it says. */
export interface AnalyzeVector {
  readonly name: string
  readonly analyzer: string
  readonly inputFiles?: readonly InputFile[]
  /** Instead of `inputFiles`: what each cluster holds; all that look at several clusters are run. */
  readonly clusters?: readonly { readonly name: string; readonly inputFiles: readonly InputFile[] }[]
  readonly meshConfig?: string
  readonly meshNetworks?: string
  readonly expected: readonly { readonly code: string; readonly level: string; readonly resource: string }[]
}

export function isAnalyzeVector(item: unknown): item is AnalyzeVector {
  const { analyzer, expected } = (item ?? {}) as Partial<AnalyzeVector>
  return typeof analyzer === 'string' && Array.isArray(expected)
}
