import { readFileSync } from 'node:fs'
import type { Position } from '../mesh-core/ir/origin.ts'

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
  const rows = shown.map((content, i) => `${String(first + i).padStart(width)} | ${content}`)
  // A tab before the caret stays a tab, or the caret would stand elsewhere than the value.
  const lead = (lines[line - 1] ?? '').slice(0, column - 1).replace(/[^\t]/g, ' ')
  return [...rows, `${' '.repeat(width)} | ${lead}^`].join('\n')
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
  return text.split(/\r\n|\n/)
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
