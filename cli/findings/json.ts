import type { Finding } from './finding.ts'

/**
 * `{"findings": [{level, code, problem, hint, resource, field, file, line, column, proof, related}]}`; `proof` lists requests (`{from, request, headers, seen}`),
 * `related` places (`{resource, field, file, line, column}`).
 * @param statuses what stands beside the findings as `statuses`
 */
export function findingsJson(findings: readonly Finding[], statuses: readonly object[] = []): string {
  const entries = findings.map(({ position, text: _, sentence: __, proof, related, ...rest }) => ({
    ...rest,
    ...lineOf(position),
    proof,
    related: related.map(({ position: at, ...place }) => ({ ...place, ...lineOf(at) })),
  }))
  return JSON.stringify({ findings: entries, statuses }, null, 2)
}

function lineOf(position: Finding['position']): { readonly line: number | null; readonly column: number | null } {
  return { line: position?.line ?? null, column: position?.column ?? null }
}
