import { StatementFailed } from '../verdicts/failure.ts'
import type { Sender, ServiceRef } from '../targets/target.ts'

/** Outside of the mesh, before the ingress gateway. */
export const client: Sender = { kind: 'client' }

/** A workload of the mesh; its sidecar, where it has one, sees the request first. */
export function inside(service: ServiceRef): Sender {
  return { kind: 'service', service }
}

/**
 * The table `with headers:`, a name and a value in each row; a name may stand in several.
 * @throws StatementFailed for a table of another shape
 */
export function headersOf(rows: readonly (readonly string[])[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {}
  for (const [name, value, ...rest] of rows) {
    if (name === undefined || value === undefined || rest.length > 0)
      throw new StatementFailed('each row of the headers has two cells: name and value')
    const values = (headers[name.toLowerCase()] ??= [])
    values.push(value)
  }
  return headers
}

/** The table of messages, one in each row. @throws StatementFailed for a table of another shape */
export function messagesOf(rows: readonly (readonly string[])[]): string[] {
  return rows.map(([message, ...rest]) => {
    if (message === undefined || rest.length > 0) throw new StatementFailed('each row of the messages has one cell')
    return message
  })
}
