import type { Report } from './finding.ts'

/** Where bytes stand in the fields of a kind. */
export const encodedFields: Readonly<Record<string, string>> = { Secret: 'data', ConfigMap: 'binaryData' }

const hints: Readonly<Record<string, string>> = { data: 'plain text stands in stringData', binaryData: 'plain text stands in data' }

/** What the API server reads as bytes is base64. Source: Kubernetes `core/v1/types.go`, Go `encoding/json` of `[]byte`. */
export function checkEncoded(object: Readonly<Record<string, unknown>>, field: string, report: Report): void {
  for (const [key, value] of Object.entries((object[field] ?? {}) as Readonly<Record<string, string | null>>))
    if (!isBase64(value ?? '')) report({ code: 'INVALID_VALUE', path: [field, key], problem: 'is no base64', hint: hints[field]! })
}

/** Lines may end anywhere. Source: Go `encoding/base64` StdEncoding. */
function isBase64(text: string): boolean {
  const joined = text.replace(/[\r\n]/g, '')
  return joined.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(joined)
}
