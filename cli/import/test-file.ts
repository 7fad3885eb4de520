import { MeshSpecError, type ErrorCode } from '../../mesh-core/config/errors.ts'
import { locate } from '../../mesh-core/config/locate.ts'
import type { SourceText } from '../../mesh-core/config/resource.ts'
import { splitDocuments } from '../../mesh-core/config/yaml/documents.ts'
import { parseDocument } from '../../mesh-core/config/yaml/parse.ts'
import { positionAt } from '../../mesh-core/config/yaml/position.ts'
import { syntaxHint } from '../../mesh-core/config/yaml/syntax-hint.ts'
import { YamlError } from '../../mesh-core/config/yaml/yaml-error.ts'

/** One document of a file of tests: its data, and errors about a place in it. */
export interface TestDocument {
  readonly file: string
  readonly data: Readonly<Record<string, unknown>>
  fault(code: ErrorCode, path: readonly (string | number)[], problem: string, hint: string | null): MeshSpecError
}

/** Reads a stream of YAML (or JSON) documents that are no Kubernetes objects; empty ones are left out. @throws MeshSpecError */
export function readTestDocuments(text: string, file: string): TestDocument[] {
  const source: SourceText = { key: file, file, text, lineOffset: 0, columnOffset: 0 }
  return splitDocuments(text).flatMap((document) => {
    const fault: TestDocument['fault'] = (code, path, problem, hint) =>
      new MeshSpecError({ code, origin: null, place: { file, position: locate(source, document.index, path) }, problem, hint })
    const data = parsed(document.text, document.line, file)
    if (data === null) return []
    if (typeof data !== 'object' || Array.isArray(data)) throw fault('SCHEMA_TYPE', [], 'a file of tests is a mapping', null)
    return [{ file, data: data as Record<string, unknown>, fault }]
  })
}

function parsed(text: string, line: number, file: string): unknown {
  try {
    return parseDocument(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const at = positionAt(text, error.offset)
    const place = { file, position: { line: at.line + line, column: at.column } }
    throw new MeshSpecError({ code: error.code, origin: null, place, problem: error.message, hint: syntaxHint(error) })
  }
}
