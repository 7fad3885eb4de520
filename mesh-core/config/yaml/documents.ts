import { withLineFeeds } from './line-ends.ts'

/** One YAML document of a stream, as kubectl cuts it: at lines that begin with `---`. */
export interface DocumentText {
  /** 0-based among the documents of the text; empty ones count too. */
  readonly index: number
  readonly text: string
  /** 0-based line of the text on which the document starts. */
  readonly line: number
  /** What stands behind the `---` that ends it, when it is neither blank nor a comment: kubectl refuses that. */
  readonly badSeparator: string | null
}

const onlyComments = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?:#[^\n]*)?$/
const directive = /^%/m

/**
 * Cuts a stream into documents, each of which is then read by itself: an error in one hides none in another, and a
 * position is found by reading one document again.
 */
export function splitDocuments(text: string): DocumentText[] {
  const documents: DocumentText[] = []
  let start = 0
  let line = 0
  for (;;) {
    const end = separatorAt(text, start)
    const body = text.slice(start, end < 0 ? text.length : end)
    const rest = end < 0 ? '' : separatorRest(text, end)
    // Comments before the first `---` belong to the first document; so do directives, which are no document of their own.
    const leading = documents.length === 0 && end >= 0 && rest === '' && isLeading(withLineFeeds(body))
    if (!leading) documents.push({ index: documents.length, text: body, line, badSeparator: rest === '' ? null : rest })
    if (end < 0) return documents
    line += countLines(withLineFeeds(body)) + 1
    start = nextLine(text, end)
  }
}

/** Offset of the next line that starts with `---`, -1 for none. */
function separatorAt(text: string, from: number): number {
  if (text.startsWith('---', from)) return from
  const found = text.indexOf('\n---', from)
  return found < 0 ? -1 : found + 1
}

function separatorRest(text: string, at: number): string {
  const end = text.indexOf('\n', at)
  const rest = text.slice(at + 3, end < 0 ? text.length : end).trim()
  return rest.startsWith('#') ? '' : rest
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end + 1
}

function isLeading(body: string): boolean {
  return onlyComments.test(body) || isDirectives(body)
}

function isDirectives(body: string): boolean {
  return directive.test(body) && body.split('\n').every((line) => /^(?:%.*|\s*#.*|\s*)$/.test(line))
}

export function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
