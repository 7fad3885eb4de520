import { YamlError } from './yaml-error.ts'

/**
 * A plain scalar within `[…]` or `{…}` ends for Kubernetes where a question mark stands, and nothing may follow it there: `{regex: (?i)/shop}` is refused,
 * and of `{?a: b}` the key is `a`. Source: go-yaml v2 `yaml_parser_scan_plain_scalar`, `yaml_parser_fetch_next_token`.
 * @returns the text as Kubernetes reads it
 * @throws {YamlError}
 */
export function plainInFlow(text: string, isKey: boolean, at: number): string {
  const mark = text.indexOf('?', isKey ? 1 : 0)
  if (mark < 0) return text.startsWith('?') ? text.slice(1).trimStart() : text
  throw new YamlError('YAML_SYNTAX', 'Kubernetes reads no "?" in text without quotes between "[" or "{" and their end', at)
}
