import { readFileSync } from 'node:fs'
import type { Position } from '../../mesh-core/ir/origin.ts'

/** Lines shown above the one in question. */
const context = 2

/**
 * The lines around a place, with a caret below it:
 *
 *     13 |         host: reviews
 *     14 |         subset: v9
 *        |         ^
 *
 * @param lines all of the file's; the position counts from 1
 */
export function excerpt(lines: readonly string[], { line, column }: Position): string {
  const first = Math.max(1, line - context)
  const shown = lines.slice(first - 1, line)
  const width = String(line).length
  const from = column > longest ? column - 1 - longest / 2 : 0
  const rows = shown.map((content, i) => `${String(first + i).padStart(width)} | ${windowOf(content, first + i === line ? from : 0)}`)
  // A tab before the caret stays a tab, or the caret would stand elsewhere than the value.
  const lead = (from > 0 ? ' ' : '') + (lines[line - 1] ?? '').slice(from, column - 1).replace(/[^\t]/g, ' ')
  return [...rows, `${' '.repeat(width)} | ${lead}^`].join('\n')
}

/** Of a line more is not shown: JSON of one line may be as long as a whole mesh. */
const longest = 160

function windowOf(content: string, from: number): string {
  const before = from > 0 ? '…' : ''
  return before + (content.length > from + longest ? `${content.slice(from, from + longest)}…` : content.slice(from))
}

/** Reads each file once, however many errors it has; files that cannot be read have no excerpt. */
export class Excerpts {
  readonly #lines = new Map<string, readonly string[] | null>()

  /** Text that is in no file, such as standard input. */
  add(file: string, text: string): void {
    this.#lines.set(file, linesOf(text))
  }

  at(file: string, position: Position): string | null {
    const lines = this.#linesIn(file)
    return lines === null ? null : excerpt(lines, position)
  }

  #linesIn(file: string): readonly string[] | null {
    const known = this.#lines.get(file)
    if (known !== undefined) return known
    const text = read(file)
    const lines = text === null ? null : linesOf(text)
    this.#lines.set(file, lines)
    return lines
  }
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/)
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
