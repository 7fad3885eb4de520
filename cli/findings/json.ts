import type { Finding } from './finding.ts'

/** `{"findings": [{level, code, problem, hint, resource, field, file, line, column}]}` */
export function findingsJson(findings: readonly Finding[]): string {
  const entries = findings.map(({ position, text: _, ...rest }) => ({ ...rest, line: position?.line ?? null, column: position?.column ?? null }))
  return JSON.stringify({ findings: entries }, null, 2)
}
