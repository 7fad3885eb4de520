import type { Feature } from '@cucumber/messages'
import type { UnfilledExamples } from './unfilled-outlines.ts'

/**
 * Gherkin's lines end in line feeds, and a carriage return alone ends none: what stands behind it is part of the line before, in the worst case all of the
 * file. In the text of a doc string it is a character like others.
 * @returns the first, as what is to be told of the file
 */
export function bareReturn(feature: Feature, uri: string, source: string): UnfilledExamples | null {
  const place = source.includes('\r') ? placeOfReturn(source) : null
  if (place === null) return null
  const name = feature.name.split('\r')[0]!
  const where = `${uri}:${place.line}:${place.column}`
  const message = `${where} LINE_END a carriage return alone ends no line: what follows is read as part of it\n  hint: end lines with line feeds, as with dos2unix -c mac`
  const step = { keyword: 'Feature:', text: name, line: place.line, argument: [], status: 'undefined', message, durationMs: 0 } as const
  return { uri, ...{ line: place.line, outlineLine: place.line }, feature: name, rule: null, name: 'how its lines end', tags: null, step }
}

function placeOfReturn(source: string): { readonly line: number; readonly column: number } | null {
  let fence: string | null = null
  for (const [index, line] of source.split('\n').entries()) {
    const [mark = null] = /^\s*("""|```)/.exec(line)?.slice(1) ?? []
    const column = line.replace(/\r$/, '').indexOf('\r') + 1
    if (column > 0 && (fence === null || mark === fence)) return { line: index + 1, column }
    if (mark !== null && (fence === null || mark === fence)) fence = fence === null ? mark : null
  }
  return null
}
