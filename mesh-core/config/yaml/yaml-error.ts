import type { ErrorCode } from '../errors.ts'

/** What is wrong with a YAML document, at an offset of its text. */
export class YamlError extends Error {
  override readonly name = 'YamlError'
  readonly code: ErrorCode
  readonly offset: number

  constructor(code: ErrorCode, problem: string, offset: number) {
    super(problem)
    this.code = code
    this.offset = Math.max(0, offset)
  }
}
