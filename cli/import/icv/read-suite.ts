import type { HttpRule } from '../../../mesh-core/compile/rules/virtual-service-types.ts'
import { readTestDocuments, type TestDocument } from '../test-file.ts'

/** What a test of istio-config-validator says of the rule that takes a request. */
export const sections = ['route', 'redirect', 'rewrite', 'fault', 'headers', 'delegate'] as const
export type Section = (typeof sections)[number]

/** One entry of `testCases`. Source: istio-config-validator `internal/pkg/parser/testcase.go`. */
export interface IcvCase extends Pick<HttpRule, Section> {
  readonly description: string
  /** `false`: what the sections say is to be wrong. */
  readonly wantMatch: boolean
  /** Every combination of these is a request. */
  readonly request: {
    readonly authority: readonly string[]
    readonly method: readonly string[]
    readonly uri: readonly string[]
    readonly headers?: Readonly<Record<string, string>>
  }
  readonly file: string
}

export interface IcvRequest {
  readonly authority: string
  readonly method: string
  readonly uri: string
  readonly headers: Readonly<Record<string, string>>
}

const caseFields: readonly string[] = ['description', 'wantMatch', 'request', ...sections]
const requestFields: readonly string[] = ['authority', 'method', 'uri', 'headers']

/** Reads a file of tests; a field that is not known is an error. @throws MeshSpecError */
export function readIcvSuite(text: string, file: string): IcvCase[] {
  return readTestDocuments(text, file).flatMap((document) => {
    onlyFields(document, document.data, [], ['testCases'])
    const cases = document.data['testCases'] ?? []
    if (!Array.isArray(cases)) throw document.fault('SCHEMA_TYPE', ['testCases'], 'testCases is a list', null)
    return cases.map((entry: unknown, i) => readCase(document, entry, ['testCases', i]))
  })
}

function readCase(document: TestDocument, entry: unknown, path: readonly (string | number)[]): IcvCase {
  onlyFields(document, entry, path, caseFields)
  const fields = entry as Partial<IcvCase>
  const request = onlyFields(document, fields.request, [...path, 'request'], requestFields)
  for (const name of ['authority', 'method', 'uri'] as const) texts(document, request[name], [...path, 'request', name])
  return {
    ...(entry as IcvCase),
    description: String(fields.description ?? ''),
    wantMatch: fields.wantMatch ?? false,
    file: document.file,
  }
}

function onlyFields(document: TestDocument, value: unknown, path: readonly (string | number)[], known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw document.fault('SCHEMA_TYPE', path, `${path.at(-1) ?? 'the file'} is to be a mapping`, null)
  const stranger = Object.keys(value).find((name) => !known.includes(name))
  if (stranger !== undefined)
    throw document.fault('UNKNOWN_FIELD', [...path, stranger], `unknown field ${stranger}`, `known here: ${known.join(', ')}`)
  return value as Record<string, unknown>
}

function texts(document: TestDocument, value: unknown, path: readonly (string | number)[]): void {
  if (!Array.isArray(value) || value.length === 0)
    throw document.fault('SCHEMA_REQUIRED', path, `request.${path.at(-1)} is to be a list with something in it`, null)
}

/** Every combination of authority, method and uri. */
export function requestsOf({ request }: IcvCase): IcvRequest[] {
  const { authority, method, uri, headers = {} } = request
  const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  return authority.flatMap((host) => uri.flatMap((path) => method.map((verb) => ({ authority: host, method: verb, uri: path, headers: fields }))))
}
