import type { Position } from '../../ir/origin.ts'
import { countLines } from './documents.ts'
import { withLineFeeds } from './line-ends.ts'

/** Line and column of an offset in a text. A column counts UTF-16 units, as editors do. */
export function positionAt(text: string, offset: number): Position {
  const before = withLineFeeds(text).slice(0, Math.min(offset, text.length))
  return { line: countLines(before) + 1, column: before.length - before.lastIndexOf('\n') }
}
