import { StatementFailed } from '../verdicts/failure.ts'

/** @returns the same. @throws StatementFailed for what no namespace can be called. Source: Kubernetes, a DNS label */
export function asNamespace(name: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return name
  throw new StatementFailed(`${JSON.stringify(name)} is no name of a namespace: those have lower-case letters, digits and "-", 63 at most`)
}
