/** One operator of a format, `%REQ(X-FROM):3%`. */
export interface FormatCommand {
  readonly name: string
  /** Between the parentheses; `null` without any. */
  readonly argument: string | null
  /** As many characters at most. */
  readonly length: number | null
}

export type FormatPart = string | FormatCommand

/** Source: Envoy `source/common/formatter/substitution_formatter.cc`. */
const command = /%%|%([A-Z0-9_]+)(?:\(([^)]*)\))?(?::([0-9]+))?%/g

/** The texts and operators of a header's value, in order; a percent sign that begins none stays where it is. */
export function parseFormat(text: string): FormatPart[] {
  const parts: FormatPart[] = []
  let end = 0
  for (const { 0: whole, 1: name, 2: argument = null, 3: length, index } of text.matchAll(command)) {
    if (index > end) parts.push(text.slice(end, index))
    parts.push(name === undefined ? '%' : { name, argument, length: length === undefined ? null : Number(length) })
    end = index + whole.length
  }
  if (end < text.length) parts.push(text.slice(end))
  return parts
}
