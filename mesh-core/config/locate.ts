import type { Document, Node, Pair, ParsedNode, YAMLMap } from 'yaml'
import { createRequire } from 'node:module'
import type { Position } from '../ir/origin.ts'
import type { SourceText } from './resource.ts'
import { type DocumentText, splitDocuments } from './yaml/documents.ts'
import { withLineFeeds } from './yaml/line-ends.ts'
import { positionAt } from './yaml/position.ts'

type Path = readonly (string | number)[]

/**
 * Where `path` of a document is in its text: the key of a field, the value of a list's entry; the nearest parent that is there
 * when the path is not. Reads the document again, with positions this time.
 * @returns null when the text cannot be read so far
 */
export function locate(source: SourceText, document: number, path: Path): Position | null {
  const read = reading(source, document)
  if (read === null) return null
  const { line, column } = positionAt(read.text.text, offsetOf(read.document, path))
  return { line: line + read.text.line + source.lineOffset, column: column + source.columnOffset }
}

interface Reading {
  readonly source: SourceText
  readonly index: number
  readonly text: DocumentText
  readonly document: Document.Parsed
}

/** The last document read: errors come in swarms. */
let last: Reading | null = null

function reading(source: SourceText, index: number): Reading | null {
  if (last?.source === source && last.index === index) return last
  const text = documentsOf(source)[index]
  if (!text) return null
  const document = yaml().parseDocument(withLineFeeds(text.text), { version: '1.1', uniqueKeys: false, logLevel: 'silent', keepSourceTokens: false })
  last = { source, index, text, document }
  return last
}

/** The last text that was cut: it may hold thousands of documents, with an error in each. */
let cut: { readonly source: SourceText; readonly documents: readonly DocumentText[] } | null = null

function documentsOf(source: SourceText): readonly DocumentText[] {
  if (cut?.source !== source) cut = { source, documents: splitDocuments(source.text) }
  return cut.documents
}

function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const part of path) {
    const step = stepInto(document, node, part)
    if (step === null) return offset
    offset = step.offset ?? offset
    node = step.node
  }
  return offset
}

interface Step {
  readonly node: unknown
  readonly offset: number | null
}

function stepInto(document: Document.Parsed, from: unknown, part: string | number): Step | null {
  const { isAlias, isMap, isSeq } = yaml()
  const node = isAlias(from) ? from.resolve(document) : from
  if (isSeq(node)) {
    const item = typeof part === 'number' ? node.items[part] : undefined
    return item === undefined ? null : { node: item, offset: startOf(item) }
  }
  if (!isMap(node)) return null
  const pair = pairOf(document, node, String(part))
  return pair ? { node: pair.value, offset: startOf(pair.key) } : null
}

/** The last pair of that key wins, and a merged mapping is looked into after the mapping's own pairs. */
function pairOf(document: Document.Parsed, map: YAMLMap, key: string): Pair | undefined {
  const { isScalar } = yaml()
  const own = map.items.findLast((pair) => isScalar(pair.key) && String(pair.key.source ?? pair.key.value) === key)
  if (own) return own
  for (const { key: mergeKey, value } of map.items)
    if (isScalar(mergeKey) && mergeKey.source === '<<') {
      const found = mergedPair(document, value, key)
      if (found) return found
    }
  return undefined
}

function mergedPair(document: Document.Parsed, value: unknown, key: string): Pair | undefined {
  const { isAlias, isMap, isSeq } = yaml()
  const node = isAlias(value) ? value.resolve(document) : value
  if (isMap(node)) return pairOf(document, node, key)
  if (!isSeq(node)) return undefined
  for (const item of node.items) {
    const found = mergedPair(document, item, key)
    if (found) return found
  }
  return undefined
}

function startOf(node: unknown): number | null {
  return (node as Node | ParsedNode | null)?.range?.[0] ?? null
}

const require = createRequire(import.meta.url)

/** Loaded when the first position is asked for: most runs never do. */
function yaml(): typeof import('yaml') {
  return require('yaml') as typeof import('yaml')
}
