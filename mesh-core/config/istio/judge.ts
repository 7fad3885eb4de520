import type { ErrorCode } from '../errors.ts'
import type { FieldPath, Problem } from '../finding.ts'

/** An object whose types and field names were checked before: its schema says what it is, types for each part would say so twice. */
export type Fields = Readonly<Record<string, any>>

/** Takes what istiod's validation has to say, in its words where it has some. */
export class Judge {
  readonly errors: Problem[] = []
  readonly warnings: Problem[] = []

  error(code: ErrorCode, path: FieldPath, problem: string, hint: string | null = null): void {
    this.errors.push({ code, path, problem, hint })
  }

  /** Takes errors alone over: of some parts istiod forgets its warnings. */
  errorsOf(check: (judge: Judge) => void): void {
    const part = new Judge()
    check(part)
    this.errors.push(...part.errors)
  }

  warn(code: ErrorCode, path: FieldPath, problem: string, hint: string | null = null): void {
    this.warnings.push({ code, path, problem, hint })
  }
}

/** Each entry of a list with its path; nothing for a field that is not there, and for an entry that is null. */
export function* each(list: readonly Fields[] | undefined, path: FieldPath): Generator<readonly [Fields, FieldPath]> {
  if (list) for (let i = 0; i < list.length; i++) if (list[i]) yield [list[i] as Fields, [...path, i]]
}
