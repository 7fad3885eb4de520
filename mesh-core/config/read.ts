import type { Position } from '../ir/origin.ts'
import { MeshSpecError } from './errors.ts'
import { ForeignDocument } from './foreign-document.ts'
import { notModelledIn } from './modelled.ts'
import { failed, type ReadResult } from './read-result.ts'
import { remember, remembered } from './remembered-texts.ts'
import type { Resource, SourceText } from './resource.ts'
import { resourcesOf } from './to-resource.ts'
import type { DocumentText } from './yaml/documents.ts'
import { splitDocuments } from './yaml/documents.ts'
import { parseDocument } from './yaml/parse.ts'
import { positionAt } from './yaml/position.ts'
import { syntaxHint } from './yaml/syntax-hint.ts'
import { YamlError } from './yaml/yaml-error.ts'

/** Where a text stands that is no whole file: in a doc string of a feature, say. */
export interface Place {
  /** Unique among all sources; default: the file. */
  readonly key?: string
  readonly lineOffset?: number
  readonly columnOffset?: number
}

/** UTF-16 units of one file. A Kubernetes API takes 1.5 MB for an object, so that this is a List of the largest meshes. */
export const maxTextLength = 32 * 1024 * 1024

/** Reads a stream of YAML (or JSON) documents. Never throws for what stands in the text. */
export function readText(text: string, file: string, place: Place = {}): ReadResult {
  const source: SourceText = { key: place.key ?? file, file, text, lineOffset: place.lineOffset ?? 0, columnOffset: place.columnOffset ?? 0 }
  if (text.length > maxTextLength) return failed(tooLarge(source))
  return remembered(source) ?? remember(source, readSource(source))
}

function readSource(source: SourceText): ReadResult {
  const resources: Resource[] = []
  const errors: MeshSpecError[] = []
  for (const document of splitDocuments(source.text))
    try {
      for (const resource of readDocument(source, document)) resources.push(resource)
    } catch (error) {
      if (error instanceof MeshSpecError) errors.push(error)
      else throw error
    }
  return { resources, errors, notModelled: resources.flatMap(notModelledIn), passedOver: [] }
}

function readDocument(source: SourceText, document: DocumentText): Resource[] {
  const data = parsed(source, document)
  if (document.badSeparator !== null) throw badSeparator(source, document)
  if (data === null) return []
  return resourcesOf(data, source, document.index)
}

function parsed(source: SourceText, document: DocumentText): unknown {
  try {
    return parseDocument(document.text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const position = shifted(source, positionAt(document.text, error.offset), document.line)
    const place = { file: source.file, position }
    const hint = 'render it first: helm template'
    if (isTemplate(document.text))
      throw new ForeignDocument('Helm template', { code: error.code, origin: null, place, problem: 'is a Helm template', hint })
    throw new MeshSpecError({ code: error.code, origin: null, place, problem: error.message, hint: syntaxHint(error) })
  }
}

/** `{{ .Values.name }}`, which no YAML begins a value with and means. */
function isTemplate(text: string): boolean {
  return /\{\{-?\s*(?:[.$]|if |range |with |include |template |define |end\b|else\b|toYaml |printf |default |quote |tpl |\/\*)/.test(text)
}

function badSeparator(source: SourceText, document: DocumentText): MeshSpecError {
  const position = shifted(source, positionAt(document.text, document.text.length), document.line)
  return new MeshSpecError({
    code: 'YAML_SYNTAX',
    origin: null,
    place: { file: source.file, position },
    problem: `"---" is followed by "${document.badSeparator}"`,
    hint: 'write "---" alone on its line, and the document below it',
  })
}

function shifted(source: SourceText, position: Position, line: number): Position {
  return { line: position.line + line + source.lineOffset, column: position.column + source.columnOffset }
}

function tooLarge(source: SourceText): MeshSpecError {
  const megabytes = (source.text.length / 1024 / 1024).toFixed(0)
  return new MeshSpecError({
    code: 'YAML_TOO_LARGE',
    origin: null,
    place: { file: source.file, position: null },
    problem: `the text has ${megabytes} MB, more than ${maxTextLength / 1024 / 1024} MB`,
    hint: 'split it into files, and name their folder',
  })
}
