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
 * @param position both 1-based; `text` is the whole file's
 */
export function excerpt(text: string, { line, column }: Position): string {
  const lines = text.split(/\r\n|\n/)
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
  readonly #texts = new Map<string, string | null>()

  /** Text that is in no file, such as standard input. */
  add(file: string, text: string): void {
    this.#texts.set(file, text)
  }

  at(file: string, position: Position): string | null {
    const text = this.#textOf(file)
    return text === null ? null : excerpt(text, position)
  }

  #textOf(file: string): string | null {
    const known = this.#texts.get(file)
    if (known !== undefined) return known
    const text = read(file)
    this.#texts.set(file, text)
    return text
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
